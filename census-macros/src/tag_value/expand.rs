//! From a [`TagValue`] to an implementation of `AsTagValue`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Fields;

use super::{TagValue, Variant};

pub(super) fn tag_value(input: &TagValue) -> TokenStream {
    let TagValue {
        krate,
        name,
        generics,
        variants,
    } = input;
    let (params, arguments, bounds) = generics.split_for_impl();
    let value = match variants.as_deref() {
        // A mistake was reported.
        None => quote!(#krate::TagValueRef::unset()),
        Some([]) => quote!(match *self {}),
        Some(variants) => {
            // A static, and not a constant: that may lie at several places.
            let (count, values) = (
                variants.len(),
                variants.iter().map(|variant| &variant.value),
            );
            let arms = variants.iter().enumerate().map(arm);
            quote! {{
                static __CENSUS_VALUES: [&::core::primitive::str; #count] = [#(#values),*];
                #krate::TagValueRef::one_of(&__CENSUS_VALUES, match self { #(#arms,)* })
            }}
        }
    };
    quote! {
        #[automatically_derived]
        impl #params #krate::AsTagValue for #name #arguments #bounds {
            fn as_tag_value(&self) -> #krate::TagValueRef<'_> {
                #value
            }
        }
    }
}

fn arm((index, variant): (usize, &Variant)) -> TokenStream {
    let Variant { name, fields, .. } = variant;
    let pattern = match fields {
        Fields::Unit => quote!(Self::#name),
        Fields::Named(_) | Fields::Unnamed(_) => quote!(Self::#name { .. }),
    };
    quote!(#pattern => #index)
}
