#include "sources/s3/xml.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace notify::s3 {
namespace {

std::string Page(std::string_view inner) {
    return fmt::format(
        R"(<?xml version="1.0" encoding="UTF-8"?>)"
        R"(<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>media</Name>{}</ListBucketResult>)",
        inner
    );
}

std::string Contents(std::string_view key, std::string_view more = {}) {
    return fmt::format("<Contents><Key>{}</Key><Size>5</Size>{}</Contents>", key, more);
}

TEST(S3Xml, ReadsAPageOfTheSecondForm) {
    const auto page = ReadListPage(Page(
                                       "<KeyCount>1</KeyCount><IsTruncated>true</IsTruncated>"
                                       "<NextContinuationToken>a+b%2F=</NextContinuationToken>"
                                       "<EncodingType>url</EncodingType>"
                                       "<Contents><Key>dir/a+b%2Bc.mxf</Key>"
                                       "<LastModified>2026-11-24T02:31:00.500Z</LastModified>"
                                       "<ETag>&quot;0123-2&quot;</ETag><Size>123456789012</Size>"
                                       "<StorageClass>STANDARD</StorageClass></Contents>"
                                   ))
                          .value();
    ASSERT_EQ(page.objects.size(), 1U);
    EXPECT_EQ(page.objects[0].key, "dir/a b+c.mxf");
    EXPECT_EQ(page.objects[0].etag, "0123-2");
    EXPECT_EQ(page.objects[0].size_bytes, 123456789012U);
    EXPECT_EQ(ToRfc3339(page.objects[0].modified_at), "2026-11-24T02:31:00.500Z");
    EXPECT_TRUE(page.truncated);
    EXPECT_EQ(page.next_token, "a+b%2F=");  // tokens are never encoded
    EXPECT_FALSE(page.first_form);
}

TEST(S3Xml, DecodesKeysOnlyWhenTheAnswerSaysSo) {
    const auto raw = ReadListPage(Page("<KeyCount>1</KeyCount>" + Contents("a+b%2B &amp; c"))).value();
    EXPECT_EQ(raw.objects.at(0).key, "a+b%2B & c");
}

TEST(S3Xml, KnowsThePageOfAnOldStore) {
    const auto page = ReadListPage(Page(
                                       "<Marker></Marker><NextMarker>b%20c</NextMarker>"
                                       "<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>" +
                                       Contents("a")
                                   ))
                          .value();
    EXPECT_TRUE(page.first_form);
    EXPECT_EQ(page.next_marker, "b c");
}

TEST(S3Xml, KeepsAKeyOfSpacesAndOddKeysWhole) {
    const auto page = ReadListPage(Page(Contents(" ") + Contents("a//b/../c ") + Contents("日本"))).value();
    EXPECT_EQ(page.objects.at(0).key, " ");
    EXPECT_EQ(page.objects.at(1).key, "a//b/../c ");
    EXPECT_EQ(page.objects.at(2).key, "日本");
}

TEST(S3Xml, KnowsWhatIsArchivedAndWhatIsRestored) {
    const auto page =
        ReadListPage(Page(
                         Contents("a", "<StorageClass>DEEP_ARCHIVE</StorageClass>") +
                         Contents(
                             "b",
                             "<StorageClass>GLACIER</StorageClass><RestoreStatus><IsRestoreInProgress>false"
                             "</IsRestoreInProgress><RestoreExpiryDate>2026-12-01T00:00:00Z"
                             "</RestoreExpiryDate></RestoreStatus>"
                         ) +
                         Contents("c", "<StorageClass>GLACIER_IR</StorageClass>")
                     ))
            .value();
    EXPECT_TRUE(page.objects.at(0).archived);
    EXPECT_FALSE(page.objects.at(1).archived);
    EXPECT_FALSE(page.objects.at(2).archived);
}

TEST(S3Xml, ReadsCommonPrefixes) {
    const auto page = ReadListPage(Page(
                                       "<EncodingType>url</EncodingType>"
                                       "<CommonPrefixes><Prefix>a%20b/</Prefix></CommonPrefixes>"
                                   ))
                          .value();
    EXPECT_EQ(page.prefixes.at(0), "a b/");
}

TEST(S3Xml, SaysThatAWebPageIsNoStore) {
    for (const auto* body : {
             "<!DOCTYPE html><html><body>Sign in</body></html>",
             "\n<HTML><head><meta charset=utf-8></head>",
             "<?xml version='1.0'?><html xmlns='x'></html>",
         }) {
        const auto error = ReadListPage(body).error();
        EXPECT_EQ(error.code, ErrorCode::kUnavailable);
        EXPECT_EQ(error.reason, "not_a_store");
    }
    EXPECT_NE(ReadListPage("<html></html>").error().message.find("web page"), std::string::npos);
}

TEST(S3Xml, RefusesWhatIsCutOffOrSomethingElse) {
    const auto whole = Page("<KeyCount>1</KeyCount>" + Contents("a"));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_FALSE(ReadListPage(std::string_view(whole).substr(0, length)).has_value()) << length;
    }
    EXPECT_EQ(ReadListPage(R"({"error":"x"})").error().reason, "not_a_store");
    EXPECT_EQ(ReadListPage("<Other/>").error().reason, "not_a_store");
    EXPECT_EQ(ReadListPage(Page("<Contents><Key>a</Key></Contents>")).error().reason, "not_a_store");
}

TEST(S3Xml, BoundsSizeDepthAndCount) {
    EXPECT_EQ(ReadListPage(std::string(kMaxXmlBytes + 1, ' ')).error().code, ErrorCode::kTooLarge);
    std::string deep;
    for (int i = 0; i < 100'000; ++i) {
        deep += "<a>";
    }
    EXPECT_EQ(ReadListPage(deep).error().code, ErrorCode::kTooLarge);
    std::string many;
    for (int i = 0; i < 300'000; ++i) {
        many += "<a/>";
    }
    EXPECT_EQ(ReadListPage(Page(many)).error().code, ErrorCode::kTooLarge);
}

TEST(S3Xml, RefusesDocumentTypesWithTheirEntities) {
    const auto error = ReadListPage("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]>" + Page("")).error();
    EXPECT_EQ(error.reason, "not_a_store");
}

TEST(S3Xml, ReadsErrors) {
    const auto error = ReadErrorBody(
        "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message><Region>eu-west-1</Region>"
        "<Endpoint>b.s3.eu-west-1.amazonaws.com</Endpoint></Error>"
    );
    EXPECT_EQ(error.code, "PermanentRedirect");
    EXPECT_EQ(error.region, "eu-west-1");
    EXPECT_EQ(error.endpoint, "b.s3.eu-west-1.amazonaws.com");
    EXPECT_EQ(ReadErrorBody("not xml").code, "");
    EXPECT_EQ(ReadErrorBody("").code, "");
}

TEST(S3Xml, ReadsAndWritesWhatAMultipartUploadNeeds) {
    EXPECT_EQ(
        ReadUploadId(
            "<InitiateMultipartUploadResult><UploadId>u+/7</UploadId></InitiateMultipartUploadResult>"
        )
            .value(),
        "u+/7"
    );
    EXPECT_EQ(
        ReadCompletedEtag(
            "<CompleteMultipartUploadResult><ETag>\"a-2\"</ETag></CompleteMultipartUploadResult>"
        )
            .value(),
        "a-2"
    );
    const auto failed = ReadCompletedEtag("<Error><Code>InternalError</Code></Error>").error();
    EXPECT_EQ(failed.reason, "error_in_answer");
    EXPECT_EQ(
        WriteParts({"a", "b<"}),
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag></Part>"
        "<Part><PartNumber>2</PartNumber><ETag>&quot;b&lt;&quot;</ETag></Part></CompleteMultipartUpload>"
    );
}

TEST(S3Xml, DecodesFormsAndKeepsWhatIsNotEncoded) {
    EXPECT_EQ(DecodeForm("a+b%20c%2Bd"), "a b c+d");
    EXPECT_EQ(DecodeForm("100%"), "100%");
    EXPECT_EQ(DecodeForm("%zz%4"), "%zz%4");
    EXPECT_EQ(DecodeForm("%ff%00").size(), 2U);
}

}  // namespace
}  // namespace notify::s3
