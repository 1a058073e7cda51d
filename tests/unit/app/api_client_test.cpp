#include "app/commands/api_client.hpp"

#include <filesystem>
#include <string>

#include <boost/json/object.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/api_call.hpp"
#include "app/settings.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

/// The error that a command gets for this problem document.
Error ErrorFor(const boost::json::object& problem, int status = 400) {
    Settings settings;
    settings.data_dir = "/nowhere";
    ApiClient client(settings, [&]() -> Result<ApiDispatch> {
        return ApiDispatch([&](const ApiCall&) -> Result<ApiAnswer> {
            return ApiAnswer{.status = status, .body = ToJsonText(problem)};
        });
    });
    return client.Call("POST", "/v1/buckets").error();
}

TEST(ApiClient, NamesWhatWasGivenOnTheCommandLineForAPointer) {
    EXPECT_EQ(
        ErrorFor({{"detail", "must be from 1 to 604800"}, {"pointer", "/scan_interval_seconds"}}).message,
        "--scan-seconds: must be from 1 to 604800"
    );
    EXPECT_EQ(ErrorFor({{"detail", "/location: /in is no folder"}}).message, "the folder: /in is no folder");
    EXPECT_EQ(
        ErrorFor({{"detail", "/name: must have 1 to 100 characters"}, {"pointer", "/name"}}).message,
        "the name: must have 1 to 100 characters"
    );
    EXPECT_EQ(
        ErrorFor({{"detail", "/rules/0/config: /fps: 99 is more than 30"}}).message,
        "--config: /fps: 99 is more than 30"
    );
    EXPECT_EQ(
        ErrorFor({{"detail", "99 is more than 30"}, {"pointer", "/rules/0/config/fps"}}).message,
        "--config /fps: 99 is more than 30"
    );
    EXPECT_EQ(
        ErrorFor({{"detail", "/rules/0/processor: it recognises people; say in biometric_basis why"}})
            .message,
        "--processor: it recognises people; say in --biometric-basis why"
    );
}

TEST(ApiClient, LeavesOtherSentencesAsTheyAre) {
    EXPECT_EQ(ErrorFor({{"detail", "there is no bucket 'x'"}}, 404).message, "there is no bucket 'x'");
    EXPECT_EQ(ErrorFor({{"detail", "/srv/media: it broke"}}).message, "/srv/media: it broke")
        << "a path is no pointer into a request";
    const auto error = ErrorFor({{"detail", "bucket b has items"}, {"code", "conflict"}}, 409);
    EXPECT_EQ(error.code, ErrorCode::kConflict);
    EXPECT_THAT(ErrorFor({}, 502).message, HasSubstr("502"));
}

}  // namespace
}  // namespace notify
