//! What Prometheus sees of gRPC calls: OpenTelemetry's names, and OpenCensus's.

#![cfg(feature = "tonic")]

use census::prometheus::Exporter;
use census_http_test_service::Probe;
use census_http_test_service::proto::Ask;
use census_http_test_service::proto::probe_client::ProbeClient;
use census_http_test_service::proto::probe_server::ProbeServer;
use tokio_stream::StreamExt as _;
use tonic::body::Body;
use tonic::transport::{Endpoint, Server};
use tower::Layer as _;

/// Everything that does not depend on the time.
const EXPECTED: &str = r#"
rpc_server_call_duration_seconds_count{rpc_system_name="grpc",rpc_method="census.probe.Probe/ServerStream",rpc_status_code="OK",error_type=""} 1
rpc_server_call_duration_seconds_count{rpc_system_name="grpc",rpc_method="census.probe.Probe/Unary",rpc_status_code="INTERNAL",error_type="INTERNAL"} 1
rpc_server_call_duration_seconds_count{rpc_system_name="grpc",rpc_method="census.probe.Probe/Unary",rpc_status_code="NOT_FOUND",error_type=""} 1
rpc_server_call_duration_seconds_count{rpc_system_name="grpc",rpc_method="census.probe.Probe/Unary",rpc_status_code="OK",error_type=""} 1
rpc_client_call_duration_seconds_count{rpc_system_name="grpc",rpc_method="census.probe.Probe/ServerStream",rpc_status_code="OK",error_type="",server_address="probe",server_port="50051"} 1
rpc_client_call_duration_seconds_count{rpc_system_name="grpc",rpc_method="census.probe.Probe/Unary",rpc_status_code="INTERNAL",error_type="INTERNAL",server_address="probe",server_port="50051"} 1
rpc_client_call_duration_seconds_count{rpc_system_name="grpc",rpc_method="census.probe.Probe/Unary",rpc_status_code="NOT_FOUND",error_type="NOT_FOUND",server_address="probe",server_port="50051"} 1
rpc_client_call_duration_seconds_count{rpc_system_name="grpc",rpc_method="census.probe.Probe/Unary",rpc_status_code="OK",error_type="",server_address="probe",server_port="50051"} 1
grpc_io_server_started_rpcs_total{grpc_server_method="census.probe.Probe/ServerStream"} 1
grpc_io_server_started_rpcs_total{grpc_server_method="census.probe.Probe/Unary"} 3
grpc_io_server_completed_rpcs_total{grpc_server_method="census.probe.Probe/ServerStream",grpc_server_status="OK"} 1
grpc_io_server_completed_rpcs_total{grpc_server_method="census.probe.Probe/Unary",grpc_server_status="INTERNAL"} 1
grpc_io_server_completed_rpcs_total{grpc_server_method="census.probe.Probe/Unary",grpc_server_status="NOT_FOUND"} 1
grpc_io_server_completed_rpcs_total{grpc_server_method="census.probe.Probe/Unary",grpc_server_status="OK"} 1
grpc_io_server_received_messages_per_rpc_sum{grpc_server_method="census.probe.Probe/Unary"} 3.0
grpc_io_server_received_messages_per_rpc_count{grpc_server_method="census.probe.Probe/Unary"} 3
grpc_io_server_received_bytes_per_rpc_sum{grpc_server_method="census.probe.Probe/Unary"} 16.0
grpc_io_server_received_bytes_per_rpc_bucket{le="0.0",grpc_server_method="census.probe.Probe/Unary"} 0
grpc_io_server_received_bytes_per_rpc_bucket{le="1024.0",grpc_server_method="census.probe.Probe/Unary"} 3
grpc_io_server_sent_messages_per_rpc_sum{grpc_server_method="census.probe.Probe/Unary"} 1.0
grpc_io_server_sent_messages_per_rpc_sum{grpc_server_method="census.probe.Probe/ServerStream"} 3.0
grpc_io_server_sent_messages_per_rpc_bucket{le="2.0",grpc_server_method="census.probe.Probe/ServerStream"} 0
grpc_io_server_sent_messages_per_rpc_bucket{le="4.0",grpc_server_method="census.probe.Probe/ServerStream"} 1
grpc_io_server_sent_bytes_per_rpc_sum{grpc_server_method="census.probe.Probe/ServerStream"} 36.0
grpc_io_server_server_latency_count{grpc_server_method="census.probe.Probe/Unary"} 3
grpc_io_client_started_rpcs_total{grpc_client_method="census.probe.Probe/Unary"} 3
grpc_io_client_completed_rpcs_total{grpc_client_method="census.probe.Probe/Unary",grpc_client_status="OK"} 1
grpc_io_client_sent_messages_per_rpc_sum{grpc_client_method="census.probe.Probe/Unary"} 3.0
grpc_io_client_sent_bytes_per_rpc_sum{grpc_client_method="census.probe.Probe/Unary"} 16.0
grpc_io_client_received_messages_per_rpc_sum{grpc_client_method="census.probe.Probe/ServerStream"} 3.0
grpc_io_client_received_bytes_per_rpc_sum{grpc_client_method="census.probe.Probe/ServerStream"} 36.0
grpc_io_client_roundtrip_latency_count{grpc_client_method="census.probe.Probe/Unary"} 3
"#;

#[tokio::test]
async fn calls_as_prometheus_sees_them() {
    let exporter = Exporter::builder()
        .views(&census_http::GRPC_SERVER_VIEWS)
        .views(&census_http::GRPC_CLIENT_VIEWS)
        .views(&census_http::opencensus::GRPC_SERVER_VIEWS)
        .views(&census_http::opencensus::GRPC_CLIENT_VIEWS)
        .build()
        .unwrap();
    let (address, incoming) = census_http_test_service::listen().await;
    let layer = census_http::grpc_server()
        .descriptor_set(census_http_test_service::DESCRIPTOR_SET)
        .unwrap()
        .count_request_body(Body::new);
    let mut builder = Server::builder().layer(layer);
    let probe = ProbeServer::new(Probe::new(String::new));
    tokio::spawn(builder.add_service(probe).serve_with_incoming(incoming));

    let channel = Endpoint::from_shared(format!("http://{address}"))
        .unwrap()
        .connect_lazy();
    let layer = census_http::grpc_client()
        .servers(["probe:50051"])
        .count_request_body(Body::new);
    let mut client = ProbeClient::new(layer.layer(channel));
    for status in [0, 5, 13] {
        let ask = Ask {
            status,
            payload: vec![0; 2],
            ..Ask::default()
        };
        assert_eq!(client.unary(ask).await.is_ok(), status == 0);
    }
    let ask = Ask {
        answers: 3,
        answer_len: 10,
        ..Ask::default()
    };
    let answers = client.server_stream(ask).await.unwrap().into_inner();
    assert_eq!(answers.collect::<Vec<_>>().await.len(), 3);

    let text = exporter.scrape(None).text().into_owned();
    let samples: Vec<&str> = text.lines().collect();
    for line in EXPECTED.lines() {
        assert!(
            line.is_empty() || samples.contains(&line),
            "{line} is not in:\n{text}"
        );
    }
    // And there are no other rows of these families.
    for family in [
        "rpc_server_call_duration_seconds_count",
        "rpc_client_call_duration_seconds_count",
        "grpc_io_server_completed_rpcs_total{",
    ] {
        let rows = |text: &str| text.lines().filter(|line| line.starts_with(family)).count();
        assert_eq!(rows(&text), rows(EXPECTED), "{family} in:\n{text}");
    }
}
