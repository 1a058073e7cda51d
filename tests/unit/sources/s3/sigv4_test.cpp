// The examples of the AWS documentation ("Signature Calculations for the Authorization Header" and
// "Authenticating Requests: Using Query Parameters"), and what is special about keys.

#include "sources/s3/sigv4.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "core/hash.hpp"
#include "core/http_client.hpp"

namespace notify::s3 {
namespace {

using namespace std::chrono_literals;

const Credentials kExample{
    .access_key = "AKIAIOSFODNN7EXAMPLE", .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
};
const SigningScope kScope{.time = std::chrono::sys_days(2013y / std::chrono::May / 24)};

SigningRequest Example(std::string path, Query query = {}) {
    return {.host = "examplebucket.s3.amazonaws.com", .path = std::move(path), .query = std::move(query)};
}

std::string Header(const HttpHeaders& headers, std::string_view name) {
    for (const auto& [key, value] : headers) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

std::string SignatureOf(const SigningRequest& request, const Credentials& credentials = kExample) {
    const auto text = Header(SignHeaders(request, credentials, kScope), "authorization");
    return text.substr(text.find("Signature=") + 10);
}

TEST(SigV4, SignsTheDocumentedGetObject) {
    auto request = Example("/test.txt");
    request.headers = {{"Range", "bytes=0-9"}};
    EXPECT_EQ(
        Header(SignHeaders(request, kExample, kScope), "authorization"),
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
}

TEST(SigV4, SignsTheDocumentedPutObject) {
    auto request = Example(EncodePath("/test$file.text"));
    request.method = "PUT";
    request.headers = {
        {"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}
    };
    request.payload_hash = Sha256Hex("Welcome to Amazon S3.");
    EXPECT_EQ(SignatureOf(request), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(SigV4, SignsTheDocumentedBucketLifecycle) {
    EXPECT_EQ(
        SignatureOf(Example("/", {{"lifecycle", ""}})),
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    );
}

TEST(SigV4, SignsTheDocumentedListing) {
    EXPECT_EQ(
        SignatureOf(Example("/", {{"prefix", "J"}, {"max-keys", "2"}})),
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    );
}

TEST(SigV4, PresignsTheDocumentedGet) {
    EXPECT_EQ(
        PresignQuery(Example("/test.txt"), kExample, kScope, 86400s),
        "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
}

TEST(SigV4, ASessionTokenIsSignedAndSent) {
    auto temporary = kExample;
    temporary.session_token = "tok/en+==";
    const auto headers = SignHeaders(Example("/a"), temporary, kScope);
    EXPECT_EQ(Header(headers, "x-amz-security-token"), "tok/en+==");
    EXPECT_NE(Header(headers, "authorization").find("x-amz-date;x-amz-security-token,"), std::string::npos);
    EXPECT_NE(SignatureOf(Example("/a"), temporary), SignatureOf(Example("/a")));
    EXPECT_NE(
        PresignQuery(Example("/a"), temporary, kScope, 60s).find("X-Amz-Security-Token=tok%2Fen%2B%3D%3D"),
        std::string::npos
    );
}

TEST(SigV4, KeysAreBytesAndEncodedOnce) {
    EXPECT_EQ(EncodePath("/a//b/../c"), "/a//b/../c");
    EXPECT_EQ(EncodePath("/a+b c%2F&=?#"), "/a%2Bb%20c%252F%26%3D%3F%23");
    EXPECT_EQ(EncodePath("/~!*'()-._"), "/~%21%2A%27%28%29-._");
    EXPECT_EQ(EncodePath("/\xe6\x97\xa5\xff\x01"), "/%E6%97%A5%FF%01");
    EXPECT_EQ(EncodeComponent("a/b"), "a%2Fb");
}

TEST(SigV4, QueriesAreSortedAsEncodedAndKeepEmptyValues) {
    EXPECT_EQ(CanonicalQuery({{"uploads", ""}}), "uploads=");
    EXPECT_EQ(
        CanonicalQuery(
            {{"uploadId", "a=b&c"}, {"partNumber", "7"}, {"a", "2"}, {"a", "1"}, {"\xc3\xa9", "+"}}
        ),
        "%C3%A9=%2B&a=1&a=2&partNumber=7&uploadId=a%3Db%26c"
    );
    EXPECT_EQ(CanonicalQuery({}), "");
}

TEST(SigV4, WhiteSpaceInHeadersDoesNotChangeTheSignature) {
    auto plain = Example("/a");
    plain.headers = {{"x-amz-meta-note", "one two"}};
    auto spaced = Example("/a");
    spaced.headers = {{"X-Amz-Meta-Note", "  one \t two  "}};
    EXPECT_EQ(SignatureOf(plain), SignatureOf(spaced));
}

TEST(SigV4, SendsNoChecksumHeadersAndNeverTheSecret) {
    for (const auto& [name, value] : SignHeaders(Example("/a"), kExample, kScope)) {
        EXPECT_FALSE(name.starts_with("x-amz-checksum")) << name;
        EXPECT_EQ(value.find(kExample.secret_key), std::string::npos);
    }
}

TEST(SigV4, APresignedLifeIsAtLeastASecondAndAtMostAWeek) {
    EXPECT_NE(PresignQuery(Example("/a"), kExample, kScope, 0s).find("Expires=1&"), std::string::npos);
    EXPECT_NE(
        PresignQuery(Example("/a"), kExample, kScope, 9999h).find("Expires=604800&"), std::string::npos
    );
}

}  // namespace
}  // namespace notify::s3
