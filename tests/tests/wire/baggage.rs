//! The HTTP header `baggage`: <https://www.w3.org/TR/baggage/>.

use census::TagMap;

use crate::{map, pairs};

#[test]
fn examples_of_the_specification() {
    let read = |header: &str, expected: &[(&str, &str)]| {
        assert_eq!(pairs(&TagMap::from_baggage(header)), expected, "{header}");
    };
    let keys = [("key1", "value1"), ("key2", "value2"), ("key3", "value3")];
    read(
        "key1=value1;property1;property2, key2 = value2, key3=value3; propertyKey=propertyValue",
        &keys,
    );
    let entries = [
        ("isProduction", "false"),
        ("serverNode", "DF 28"),
        ("userId", "alice"),
    ];
    read(
        "userId=alice,serverNode=DF%2028,isProduction=false",
        &entries,
    );
    read(
        "userId =   alice\t,\tserverNode = DF%2028, isProduction = false",
        &entries,
    );
    let several = ["userId=alice", "serverNode=DF%2028,isProduction=false"];
    assert_eq!(pairs(&TagMap::from_baggage_all(several)), entries);
}

#[test]
fn malformed_members_are_skipped() {
    for malformed in [
        "", " ", "a", "=v", "a b=v", "a/b=v", "\u{e9}=v", "a=b c", "a=\"v\"", "a=b\\c", "a=\u{e9}",
        "a=\u{7f}", "(a)=v", ";a=v", "%0A=v", "%C3%A9=v", "a;b=v",
    ] {
        let header = format!("first=1,{malformed},last=2");
        let read = TagMap::from_baggage(&header);
        assert_eq!(pairs(&read), [("first", "1"), ("last", "2")], "{header:?}");
        assert_eq!(pairs(&TagMap::from_baggage(malformed)), []);
    }
    assert_eq!(pairs(&TagMap::from_baggage(b"a=\xff,b=2")), [("b", "2")]);
}

#[test]
fn values_are_percent_decoded_once() {
    let read = |value: &str| {
        let tags = TagMap::from_baggage(format!("k={value}"));
        pairs(&tags).first().map(|(_, value)| (*value).to_owned())
    };
    assert_eq!(read("a=b==").as_deref(), Some("a=b=="));
    assert_eq!(read("%2541").as_deref(), Some("%41"));
    assert_eq!(read("a+b").as_deref(), Some("a+b"));
    assert_eq!(read("100%").as_deref(), Some("100%"));
    assert_eq!(read("").as_deref(), Some(""));
    // Not UTF-8: an incomplete sequence becomes one replacement character.
    assert_eq!(read("a%FFb%E2%82c").as_deref(), Some("a\u{fffd}b\u{fffd}c"));
    // 85 replacement characters are 255 bytes.
    assert_eq!(read(&"%FF".repeat(85)), Some("\u{fffd}".repeat(85)));
    assert_eq!(read(&"%FF".repeat(86)), None);
}

#[test]
fn long_keys_and_values_are_skipped() {
    for (len, is_read) in [(255, true), (256, false)] {
        let long = "x".repeat(len);
        assert_eq!(
            !TagMap::from_baggage(format!("{long}=v")).is_empty(),
            is_read
        );
        assert_eq!(
            !TagMap::from_baggage(format!("k={long}")).is_empty(),
            is_read
        );
    }
}

#[test]
fn last_member_of_a_key_counts() {
    let tags = TagMap::from_baggage_all(["k=1,other=x,k=2", "k=3"]);
    assert_eq!(pairs(&tags), [("k", "3"), ("other", "x")]);
}

#[test]
fn written_members_are_encoded() {
    let written = |tags: &[(&str, &str)]| map(tags.iter().copied()).to_baggage().into_inner();
    assert_eq!(written(&[]), "");
    assert_eq!(written(&[("b", ""), ("a", "1")]), "a=1,b=");
    assert_eq!(written(&[("k", "DF 28")]), "k=DF%2028");
    assert_eq!(
        written(&[("k", "a\",;\\%+=é\n")]),
        "k=a%22%2C%3B%5C%25%2B=%C3%A9%0A"
    );
    assert_eq!(
        written(&[("myorg/keys/100% [x]", "v")]),
        "myorg%2Fkeys%2F100%25%20%5Bx%5D=v"
    );
    let token = "!#$&'*+-.^_`|~09azAZ";
    assert_eq!(written(&[(token, "v")]), format!("{token}=v"));
}

#[test]
fn round_trip() {
    let all: String = (' '..='~').collect();
    let tags = map([
        (all.as_str(), all.as_str()),
        ("%41", "%41"),
        ("A", "\u{1f600}\0\u{7f}"),
        ("e", ""),
    ]);
    assert_eq!(TagMap::from_baggage(tags.to_baggage().into_inner()), tags);
}

#[test]
fn at_most_64_members_are_written_and_read() {
    let names: Vec<String> = (0..65).map(|n| format!("k{n:02}")).collect();
    let tags = || names.iter().map(|name| (name, "v"));
    let baggage = map(tags()).to_baggage();
    let omitted = baggage.omitted();
    assert_eq!((omitted.over_limit, omitted.total()), (1, 1));
    assert_eq!(baggage.into_inner().split(',').count(), 64);

    let members: Vec<String> = names.iter().map(|name| format!("{name}=v")).collect();
    let first_64 = map(tags().take(64));
    assert_eq!(TagMap::from_baggage(members.join(",")), first_64);
    assert_eq!(TagMap::from_baggage_all(&members), first_64);
}

#[test]
fn at_most_8192_bytes_are_written_and_read() {
    // 31 members of 255 bytes, each with a comma, and one of 256 bytes: 8192 bytes.
    let member = |n: usize, len: usize| (format!("k{n:02}"), "v".repeat(len - "k00=".len()));
    let header = |members: &[(String, String)]| {
        let members: Vec<String> = members
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        members.join(",")
    };
    let as_map = |members: &[(String, String)]| map(members.iter().cloned());
    let mut members: Vec<_> = (0..31).map(|n| member(n, 255)).collect();
    members.push(member(31, 256));
    assert_eq!(header(&members).len(), 8192);
    let whole = as_map(&members);
    assert_eq!(whole.to_baggage().into_inner(), header(&members));
    assert_eq!(TagMap::from_baggage(header(&members)), whole);

    // With one byte more in the first member, the last one does not fit.
    members[0] = member(0, 256);
    let baggage = as_map(&members).to_baggage();
    assert_eq!(baggage.omitted().over_limit, 1);
    assert_eq!(baggage.into_inner().len(), 8192 - 256);
    assert_eq!(
        TagMap::from_baggage(header(&members)),
        as_map(&members[..31])
    );

    // A smaller one after it still fits.
    members.push(member(32, 6));
    let baggage = as_map(&members).to_baggage();
    assert_eq!(baggage.omitted().over_limit, 1);
    assert!(baggage.into_inner().ends_with(",k32=vv"));
}

#[test]
fn reading_stops_at_the_limits() {
    for header in ["", ",", "k=v", "%zz", "=========="] {
        let mut taken = 0;
        let headers = std::iter::repeat_n(header, 1_000_000).inspect(|_| taken += 1);
        let tags = TagMap::from_baggage_all(headers);
        assert_eq!(tags.len(), usize::from(header == "k=v"));
        assert!(taken <= 8193, "{header:?}: {taken}");
    }
}

#[test]
fn header_of_8192_bytes_may_end_anywhere() {
    // 8192 bytes or one more, ending with a member or a comma.
    let blanks = |len: usize| " ".repeat(len);
    for (header, is_read) in [
        (format!("{}a=1", blanks(8189)), true),
        (format!("{}a=1", blanks(8190)), false),
        (format!("{}a=1,", blanks(8188)), true),
        (format!("{}a=1,", blanks(8189)), true),
        (format!("{}a=1,b=2", blanks(8189)), true),
        (format!("{},a=1", blanks(8188)), true),
        (format!("{},a=1", blanks(8189)), false),
        (format!("{},a=1", ",".repeat(8188)), true),
        (format!("{},a=1", ",".repeat(8189)), false),
    ] {
        let tags = TagMap::from_baggage(&header);
        let expected: &[_] = if is_read { &[("a", "1")] } else { &[] };
        assert_eq!(pairs(&tags), expected, "{} bytes", header.len());
    }
}
