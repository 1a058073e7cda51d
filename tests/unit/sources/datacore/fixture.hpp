#pragma once

// A client of the fake Swarm, with pauses short enough for tests.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "fakes/fake_store.hpp"
#include "sources/datacore/native_client.hpp"
#include "sources/objects/ranged_body.hpp"
#include "sources/s3/endpoint.hpp"

namespace notify::datacore {

class NativeClientTest : public ::testing::Test {
protected:
    [[nodiscard]] NativeSettings Settings(std::string_view url = {}) const {
        return {
            .endpoint =
                s3::Endpoint::Parse(url.empty() ? fake_.Url() : std::string(url), {}, s3::Addressing::kPath)
                    .value(),
            .domain = "media.example",
            .retry = {
                .attempts = 8,
                .first_pause = std::chrono::milliseconds(1),
                .longest_pause = std::chrono::milliseconds(200)
            }
        };
    }

    [[nodiscard]] static TokenProvider Always(std::string_view token) {
        return [token = std::string(token)](const std::string* /*refused*/) { return token; };
    }

    /// Writes an object; returns its ETag.
    std::string Put(const std::string& key, std::string_view bytes) {
        return client_.Write("media", key, bytes, {.content_type = "video/mxf"}, {}).value();
    }

    static Result<std::string> ReadWith(
        NativeClient& client, const std::string& key, const objects::ReadRequest& request, std::size_t length
    ) {
        std::string bytes(length, '\0');
        const auto done = client.Read("media", key, request, std::as_writable_bytes(std::span(bytes)), {});
        return done ? Result<std::string>(bytes) : Result<std::string>(Unexpected(done.error()));
    }

    /// The whole object, which is known to have that size and ETag.
    Result<std::string> ReadAll(const std::string& key, std::size_t size, const std::string& etag) {
        return ReadWith(client_, key, {.object_size = size, .etag = etag}, size);
    }

    [[nodiscard]] std::int64_t Requests() const { return fake_.Seen().at("requests").as_int64(); }

    notify::testing::FakeSwarm fake_;
    SystemClock clock_;
    NativeClient client_{Settings(), Always(notify::testing::kFakeToken), clock_};
};

}  // namespace notify::datacore
