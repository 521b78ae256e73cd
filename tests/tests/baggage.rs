//! The HTTP header `baggage`, as the W3C specifies it.

use census::{CatalogueError, TagKey, TagMap, TagValue};

/// What is in a map, as text.
fn texts(tags: &TagMap) -> Vec<(&str, &str)> {
    tags.iter()
        .map(|(key, value)| (key.name(), value.as_str()))
        .collect()
}

fn map(tags: &[(&str, &str)]) -> Result<TagMap, CatalogueError> {
    let mut map = TagMap::new();
    for (key, value) in tags {
        let value = TagValue::new(value).expect("at most 255 bytes");
        map.upsert(&TagKey::new(*key)?, value);
    }
    Ok(map)
}

#[test]
fn the_specifications_examples_are_read() {
    let read = |header: &str, expected: &[(&str, &str)]| {
        assert_eq!(texts(&TagMap::from_baggage(header)), expected, "{header}");
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
    assert_eq!(texts(&TagMap::from_baggage_all(several)), entries);
}

#[test]
fn what_is_malformed_is_left_out_and_the_rest_is_read() {
    for malformed in [
        "", " ", "a", "=v", "a b=v", "a/b=v", "\u{e9}=v", "a=b c", "a=\"v\"", "a=b\\c", "a=\u{e9}",
        "a=\u{7f}", "(a)=v", ";a=v", "%0A=v", "%C3%A9=v", "a;b=v",
    ] {
        let header = format!("first=1,{malformed},last=2");
        let read = TagMap::from_baggage(&header);
        assert_eq!(texts(&read), [("first", "1"), ("last", "2")], "{header:?}");
        assert_eq!(texts(&TagMap::from_baggage(malformed)), []);
    }
    assert_eq!(texts(&TagMap::from_baggage(b"a=\xff,b=2")), [("b", "2")]);
}

#[test]
fn values_are_decoded_once_and_only_once() {
    let read = |value: &str| {
        let tags = TagMap::from_baggage(format!("k={value}"));
        texts(&tags).first().map(|(_, value)| (*value).to_owned())
    };
    assert_eq!(read("a=b==").as_deref(), Some("a=b=="));
    assert_eq!(read("%2541").as_deref(), Some("%41"));
    assert_eq!(read("a+b").as_deref(), Some("a+b"));
    assert_eq!(read("100%").as_deref(), Some("100%"));
    assert_eq!(read("").as_deref(), Some(""));
    // Not UTF-8: a sequence that breaks off is one replacement character.
    assert_eq!(read("a%FFb%E2%82c").as_deref(), Some("a\u{fffd}b\u{fffd}c"));
    // 85 replacement characters are 255 bytes.
    assert_eq!(read(&"%FF".repeat(85)), Some("\u{fffd}".repeat(85)));
    assert_eq!(read(&"%FF".repeat(86)), None);
}

#[test]
fn keys_and_values_that_are_too_long_are_left_out() {
    for (len, there) in [(255, true), (256, false)] {
        let long = "x".repeat(len);
        assert_eq!(!TagMap::from_baggage(format!("{long}=v")).is_empty(), there);
        assert_eq!(!TagMap::from_baggage(format!("k={long}")).is_empty(), there);
    }
}

#[test]
fn of_a_key_that_is_there_twice_the_last_counts() {
    let tags = TagMap::from_baggage_all(["k=1,other=x,k=2", "k=3"]);
    assert_eq!(texts(&tags), [("k", "3"), ("other", "x")]);
}

#[test]
fn what_is_written_is_as_the_specification_has_it() -> Result<(), CatalogueError> {
    let written = |tags: &[(&str, &str)]| map(tags).map(|tags| tags.to_baggage().into_inner());
    assert_eq!(written(&[])?, "");
    assert_eq!(written(&[("b", ""), ("a", "1")])?, "a=1,b=");
    assert_eq!(written(&[("k", "DF 28")])?, "k=DF%2028");
    assert_eq!(
        written(&[("k", "a\",;\\%+=é\n")])?,
        "k=a%22%2C%3B%5C%25%2B=%C3%A9%0A"
    );
    assert_eq!(
        written(&[("myorg/keys/100% [x]", "v")])?,
        "myorg%2Fkeys%2F100%25%20%5Bx%5D=v"
    );
    let token = "!#$&'*+-.^_`|~09azAZ";
    assert_eq!(written(&[(token, "v")])?, format!("{token}=v"));
    Ok(())
}

#[test]
fn what_a_census_writes_a_census_reads() -> Result<(), CatalogueError> {
    let all: String = (' '..='~').collect();
    let tags = map(&[
        (&all, &all),
        ("%41", "%41"),
        ("A", "\u{1f600}\0\u{7f}"),
        ("e", ""),
    ])?;
    assert_eq!(TagMap::from_baggage(tags.to_baggage().as_str()), tags);
    Ok(())
}

#[test]
fn no_more_than_64_members_go_out_or_come_in() -> Result<(), CatalogueError> {
    let tags: Vec<(String, &str)> = (0..65).map(|n| (format!("k{n:02}"), "v")).collect();
    let tags: Vec<(&str, &str)> = tags
        .iter()
        .map(|(key, value)| (key.as_str(), *value))
        .collect();
    let baggage = map(&tags)?.to_baggage();
    assert_eq!(baggage.as_str().split(',').count(), 64);
    assert_eq!(
        (baggage.omitted().over_limit, baggage.omitted().total()),
        (1, 1)
    );
    let all: Vec<String> = tags
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(TagMap::from_baggage(all.join(",")), map(&tags[..64])?);
    assert_eq!(TagMap::from_baggage_all(&all), map(&tags[..64])?);
    Ok(())
}

#[test]
fn no_more_than_8192_bytes_go_out_or_come_in() -> Result<(), CatalogueError> {
    // 31 of 255 bytes and a comma, and one of 256: 8192.
    let member = |n: usize, len: usize| (format!("k{n:02}"), "v".repeat(len - "k00=".len()));
    let header = |members: &[(String, String)]| {
        let members: Vec<String> = members
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        members.join(",")
    };
    let as_map = |members: &[(String, String)]| {
        let tags: Vec<(&str, &str)> = members
            .iter()
            .map(|(key, value)| (&**key, &**value))
            .collect();
        map(&tags)
    };
    let mut members: Vec<_> = (0..31).map(|n| member(n, 255)).collect();
    members.push(member(31, 256));
    assert_eq!(header(&members).len(), 8192);
    let whole = as_map(&members)?;
    assert_eq!(whole.to_baggage().as_str(), header(&members));
    assert_eq!(TagMap::from_baggage(header(&members)), whole);

    // One byte more in the first: the last has no room.
    members[0] = member(0, 256);
    let baggage = as_map(&members)?.to_baggage();
    assert_eq!(
        (baggage.len(), baggage.omitted().over_limit),
        (8192 - 256, 1)
    );
    assert_eq!(
        TagMap::from_baggage(header(&members)),
        as_map(&members[..31])?
    );

    // One that is small enough still has.
    members.push(member(32, 6));
    let baggage = as_map(&members)?.to_baggage();
    assert_eq!(
        (
            baggage.as_str().ends_with(",k32=vv"),
            baggage.omitted().over_limit
        ),
        (true, 1)
    );
    Ok(())
}

#[test]
fn what_is_beyond_the_limits_is_not_even_looked_at() {
    for header in ["", ",", "k=v", "%zz", "=========="] {
        let mut taken = 0;
        let headers = std::iter::repeat_n(header, 1_000_000).inspect(|_| taken += 1);
        let tags = TagMap::from_baggage_all(headers);
        assert_eq!(tags.len(), usize::from(header == "k=v"));
        assert!(taken <= 8193, "{header:?}: {taken}");
    }
}

#[test]
fn a_header_may_end_where_the_room_does() {
    // 8192 bytes, the last of them a member, a comma, or a comma before it.
    let blanks = |len: usize| " ".repeat(len);
    for (header, there) in [
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
        let expected: &[_] = if there { &[("a", "1")] } else { &[] };
        assert_eq!(texts(&tags), expected, "{} bytes", header.len());
    }
}
