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
        None => quote!(#krate::TagStr::literal(&"")),
        Some([]) => quote!(match *self {}),
        Some(variants) => {
            let arms = variants.iter().map(arm);
            quote!(#krate::TagStr::literal(match self { #(#arms,)* }))
        }
    };
    quote! {
        #[automatically_derived]
        impl #params #krate::AsTagValue for #name #arguments #bounds {
            fn as_tag_value(&self) -> #krate::TagStr<'_> {
                #value
            }
        }
    }
}

fn arm(variant: &Variant) -> TokenStream {
    let Variant {
        name,
        fields,
        value,
    } = variant;
    let pattern = match fields {
        Fields::Unit => quote!(Self::#name),
        Fields::Named(_) | Fields::Unnamed(_) => quote!(Self::#name { .. }),
    };
    quote!(#pattern => &#value)
}
