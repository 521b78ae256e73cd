//! Snapshots of what the macros generate, pretty-printed: `snapshots/` beside this file.

use proc_macro2::TokenStream;
use quote::quote;

/// Pretty-printed items.
fn items(output: TokenStream) -> String {
    let file = syn::parse2(output).expect("an expansion parses");
    prettyplease::unparse(&file)
}

/// A pretty-printed expression, in a function, because the printer takes items only.
fn expression(output: &TokenStream) -> String {
    items(quote!(fn f() { #output }))
}

#[test]
fn tag() {
    let output = crate::tag::attribute(
        quote!(name = "myorg/keys/frontend", local),
        quote! {
            /// Which client the video came from.
            pub static FRONTEND: TagKey;
        },
    );
    insta::assert_snapshot!(items(output));
}

#[test]
fn measure() {
    let output = crate::measure::attribute(
        quote!(unit = "By"),
        quote! {
            /// Size of
            /// processed videos.
            ///
            /// And more.
            pub static VIDEO_SIZE: Measure<u64>;
        },
    );
    insta::assert_snapshot!(items(output));
}

#[test]
fn observed_measures() {
    for (args, item) in [
        (
            quote!(),
            quote! {
                static QUEUE_DEPTH: Observed<u64> = || JOBS.len() as u64;
            },
        ),
        (
            quote!(),
            quote! {
                static POOL_SIZE: Observed<u64> = |seen| seen.record(5, tags!());
            },
        ),
        (
            quote!(total),
            quote! {
                static CPU: Observed<Duration> = cpu_time;
            },
        ),
        (
            quote!(),
            quote! {
                static IDLE: Observed<u64>;
            },
        ),
    ] {
        let output = crate::measure::attribute(args, item.clone());
        let item = item.to_string();
        let name = item.split(' ').nth(1).expect("a name").to_lowercase();
        insta::assert_snapshot!(format!("observed_{name}"), items(output));
    }
}

#[test]
fn function() {
    let output = crate::measure::attribute(
        quote!(),
        quote! {
            /// Adds.
            pub fn add(a: u8, b: u8) -> u8 {
                a + b
            }
        },
    );
    insta::assert_snapshot!(items(output));
}

#[test]
fn fallible_function() {
    let output = crate::measure::attribute(
        quote!(LATENCY, SIZE = |sum| sum.ok(), tags(KIND = a.kind())),
        quote! {
            fn add(a: Summand, _: String, b: Summand) -> Result<u64, Overflow> {
                a.value().checked_add(b.value()).ok_or(Overflow)
            }
        },
    );
    insta::assert_snapshot!(items(output));
}

#[test]
fn function_with_an_exemplar() {
    let output = crate::measure::attribute(
        quote!(exemplar(trace_id = request.trace(), "span-id" = 5)),
        quote! {
            fn answer(request: Request) -> u64 {
                request.work()
            }
        },
    );
    insta::assert_snapshot!(items(output));
}

#[test]
fn asynchronous_function_with_an_exemplar() {
    let output = crate::measure::attribute(
        quote!(LATENCY, exemplar(trace_id = request.trace())),
        quote! {
            async fn answer(request: Request) {
                request.work().await;
            }
        },
    );
    insta::assert_snapshot!(items(output));
}

#[test]
fn asynchronous_function() {
    let output = crate::measure::attribute(
        quote!(),
        quote! {
            async fn fetch(&self, url: Url) -> Result<impl Body, Error> {
                self.client.get(url).await
            }
        },
    );
    insta::assert_snapshot!(items(output));
}

#[test]
fn impl_block() {
    let output = crate::measure::attribute(
        quote!(LATENCY, in_flight = IN_FLIGHT),
        quote! {
            #[async_trait]
            impl Load for Service {
                const LIMIT: usize = 5;

                /// Loads.
                async fn load(&self, id: u64) -> Vec<u8> {
                    self.store.get(id).await
                }

                #[measure(SIZE = |text| text.len() as u64, name = "describe")]
                fn describe(&self) -> String {
                    format!("{self:?}")
                }

                #[measure(skip)]
                fn skipped(&self) {}
            }
        },
    );
    insta::assert_snapshot!(items(output));
}

#[test]
fn function_that_tracks_its_caller() {
    let output = crate::measure::attribute(
        quote!(),
        quote! {
            #[track_caller]
            #[must_use]
            pub fn find<T: Eq>(list: &[T], (wanted, _): (&T, u8)) -> Result<usize, NotFound> {
                list.iter().position(|it| it == wanted).ok_or(NotFound::here())
            }
        },
    );
    insta::assert_snapshot!(items(output));
}

#[test]
fn function_that_returns_a_future() {
    let output = crate::measure::attribute(
        quote!(tags(ROUTE = route)),
        quote! {
            fn answer(route: &str) -> Pin<Box<dyn Future<Output = Result<u8, Error>> + Send + '_>> {
                if route.is_empty() {
                    return Box::pin(async { Err(Error::Empty) });
                }
                Box::pin(async move { Ok(lookup(route).await) })
            }
        },
    );
    insta::assert_snapshot!(items(output));
}

/// The body keeps its shape for an attribute below.
#[test]
fn function_with_another_attribute_that_returns_a_future() {
    let output = crate::measure::attribute(
        quote!(),
        quote! {
            #[tracing::instrument]
            fn answer(route: &str) -> Pin<Box<dyn Future<Output = u8> + '_>> {
                let route = route.trim();
                Box::pin(async move { lookup(route).await })
            }
        },
    );
    insta::assert_snapshot!(items(output));
}

/// The body stays as it is, with the code around it, so that an editor completes in it.
#[test]
fn broken_body() {
    let output = crate::measure::attribute(
        quote!(LATENCY, tag(KEY = 5), result = ),
        quote! {
            fn work(&self) -> Result<u8, Error> {
                let half = self.typed.;
            }
        },
    );
    insta::assert_snapshot!(output.to_string());
}

#[test]
fn broken_item() {
    let output = crate::measure::attribute(quote!(), quote!(fn work(a, b) -> { 5 }));
    insta::assert_snapshot!(output.to_string());
}

#[test]
fn view() {
    let output = crate::view::items(quote! {
        census;
        /// Processed video size, by client.
        pub static VIDEO_SIZES: Distribution<VIDEO_SIZE> by (FRONTEND, keys::CODEC) {
            name: "myorg/views/video_size",
            buckets: [0, 16 * MIB, 256 * MIB],
            max_series: 500,
        }

        static VIDEOS: Count<VIDEO_SIZE> by (FRONTEND as client) { zero: false, idle: Duration::from_mins(10) }
    });
    insta::assert_snapshot!(items(output));
}

#[test]
fn native_views() {
    let output = crate::view::items(quote! {
        census;
        static NATIVE: Distribution<LATENCY> { buckets: native }
        static FINE: Distribution<LATENCY> { buckets: native(1.01) }
        static BOTH: Distribution<SIZE> { buckets: native, classic: [0, 16 * MIB] }
        static FINE_BOTH: Distribution<SIZE> { buckets: native(1.01), classic: SIZES }
    });
    insta::assert_snapshot!(items(output));
}

#[test]
fn optional_view() {
    let output = crate::view::items(quote! {
        census;
        /// Videos processed.
        #[optional]
        pub static VIDEOS: Count<VIDEO_SIZE>;
    });
    insta::assert_snapshot!(items(output));
}

#[test]
fn record() {
    let output = crate::record::record(quote! {
        census;
        VIDEO_SIZE = size, self.latency = start.elapsed(),
        tags(FRONTEND = client, keys::CODEC = "av1"),
        exemplar(trace_id = id, "span-id" = 5)
    });
    insta::assert_snapshot!(expression(&output));
}

#[test]
fn record_one() {
    let output = crate::record::record(
        quote!(census; VIDEO_SIZE = size, tags(FRONTEND = client, keys::CODEC = "av1")),
    );
    insta::assert_snapshot!(expression(&output));
}

#[test]
fn record_several() {
    let output = crate::record::record(
        quote! { census; VIDEO_SIZE = size, self.latency = start.elapsed(), tags(FRONTEND = client, keys::CODEC = "av1") },
    );
    insta::assert_snapshot!(expression(&output));
}

#[test]
fn hold() {
    let output = crate::record::hold(
        quote!(census; self.connections = 1, tags(LISTENER = listener, KIND = "http")),
    );
    insta::assert_snapshot!(expression(&output));
}

#[test]
fn tags() {
    let output = crate::record::tags(quote!(census; FRONTEND = client, keys::CODEC = "av1"));
    insta::assert_snapshot!(expression(&output));
}

#[test]
fn tag_value() {
    let output = crate::tag_value::derive(quote! {
        enum Method {
            HttpGet,
            #[tag_value("OTHER")]
            Other,
        }
    });
    insta::assert_snapshot!(items(output));
}
