//! From a [`TagValue`] to an implementation of `AsTagValue`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Fields;

use super::model::{TagValue, Variant};

pub(super) fn tag_value(input: &TagValue) -> TokenStream {
    let TagValue {
        krate,
        ident,
        generics,
        variants,
    } = input;
    let (params, arguments, bounds) = generics.split_for_impl();
    // With a generated span the compiler does not report a deprecated enum, as it does not for derives of its own.
    let mut ident = ident.clone();
    ident.set_span(Span::call_site().located_at(ident.span()));
    let values = variants.iter().flatten().map(|variant| &variant.value);
    let values = quote!([#(#values),*]);
    let value = match variants.as_deref() {
        None => quote!(#krate::TagValueRef::unset()),
        Some([]) => quote!(match *self {}),
        Some(variants) => {
            // A static, not a constant: a value is looked up by its address, and a constant may have several.
            let count = variants.len();
            let arms = variants.iter().enumerate().map(arm);
            quote! {{
                static __CENSUS_VALUES: [&::core::primitive::str; #count] = #values;
                #krate::TagValueRef::one_of(&__CENSUS_VALUES, match self { #(#arms,)* })
            }}
        }
    };
    quote! {
        #[automatically_derived]
        impl #params #krate::ClosedSet for #ident #arguments #bounds {
            const VALUES: &'static [&'static ::core::primitive::str] = &#values;
        }

        #[automatically_derived]
        impl #params #krate::InSet<#ident #arguments> for #ident #arguments #bounds {}

        #[automatically_derived]
        impl #params ::core::convert::From<#ident #arguments> for #krate::TagValue #bounds {
            fn from(value: #ident #arguments) -> Self {
                #krate::owned_tag_value(&value)
            }
        }

        #[automatically_derived]
        impl #params #krate::AsTagValue for #ident #arguments #bounds {
            #[inline]
            fn as_tag_value(&self) -> #krate::TagValueRef<'_> {
                #value
            }
        }
    }
}

fn arm((index, variant): (usize, &Variant)) -> TokenStream {
    let Variant { ident, fields, .. } = variant;
    let mut ident = ident.clone();
    ident.set_span(Span::call_site().located_at(ident.span()));
    let pattern = match fields {
        Fields::Unit => quote!(Self::#ident),
        Fields::Named(_) | Fields::Unnamed(_) => quote!(Self::#ident { .. }),
    };
    quote!(#pattern => #index)
}
