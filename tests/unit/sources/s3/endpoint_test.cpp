#include "sources/s3/endpoint.hpp"

#include <string>

#include <gtest/gtest.h>

namespace notify::s3 {
namespace {

Target At(const Endpoint& endpoint, const std::string& bucket, const std::string& region = "us-east-1") {
    return endpoint.At(bucket, "k", {}, region).value();
}

TEST(S3Endpoint, NamesTheBucketInThePathOfAStoreOfOnesOwn) {
    const auto endpoint = Endpoint::Parse("https://Store.example:9000/below/").value();
    const auto target = endpoint.At("media", "dots/../a b", "list-type=2", "us-east-1").value();
    EXPECT_EQ(target.host, "store.example:9000");
    EXPECT_EQ(target.path, "/below/media/dots/../a%20b");
    EXPECT_EQ(target.url.Text(), "https://store.example:9000/below/media/dots/../a%20b?list-type=2");
    EXPECT_EQ(endpoint.At("media", "", "", "us-east-1").value().path, "/below/media");
}

TEST(S3Endpoint, NamesTheBucketInTheHostAtAmazonAndGoesToItsRegion) {
    const auto endpoint = Endpoint::Parse("https://s3.amazonaws.com").value();
    EXPECT_EQ(At(endpoint, "media").host, "media.s3.amazonaws.com");
    EXPECT_EQ(At(endpoint, "media").path, "/k");
    EXPECT_EQ(At(endpoint, "media", "eu-west-1").host, "media.s3.eu-west-1.amazonaws.com");
    EXPECT_EQ(At(endpoint, "with.dots").host, "s3.amazonaws.com");
    EXPECT_EQ(At(endpoint, "with.dots").path, "/with.dots/k");
}

TEST(S3Endpoint, FollowsTheAddressingThatIsAskedFor) {
    const auto hosts = Endpoint::Parse("http://store.example", {}, Addressing::kVirtualHost).value();
    EXPECT_EQ(At(hosts, "media").host, "media.store.example");
    const auto paths = Endpoint::Parse("https://s3.amazonaws.com", {}, Addressing::kPath).value();
    EXPECT_EQ(At(paths, "media").path, "/media/k");
}

TEST(S3Endpoint, LeavesThePortOfTheSchemeOut) {
    EXPECT_EQ(At(Endpoint::Parse("https://store.example:443").value(), "m").host, "store.example");
    EXPECT_EQ(At(Endpoint::Parse("http://[::1]:9000").value(), "m").host, "[::1]:9000");
}

TEST(S3Endpoint, RefusesWhatIsNoEndpoint) {
    for (const auto* url :
         {"", "store.example:x", "ftp://store", "https://store/?a=b", "https://key:pass@store"}) {
        EXPECT_FALSE(Endpoint::Parse(url).has_value()) << url;
    }
    EXPECT_EQ(Endpoint::Parse("https://store", "").value().Region(), "us-east-1");
    EXPECT_FALSE(Endpoint::Parse("https://store").value().At("", "k", {}, "r").has_value());
}

}  // namespace
}  // namespace notify::s3
