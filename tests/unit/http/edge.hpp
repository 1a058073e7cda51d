#pragma once

// A server with a handler the test writes.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "http/message.hpp"
#include "http/server/server.hpp"
#include "unit/http/wire.hpp"

namespace notify::testing {

/// Bodies may have 100 bytes, on "/large" a million.
class EdgeTest : public ::testing::Test {
protected:
    void Make(ServerSettings settings, Handler handler) {
        server_ = std::make_unique<Server>(std::move(settings), std::move(handler), [](const Request& head) {
            return Admission{.max_body = head.path == "/large" ? 1'000'000U : 100U, .refusal = {}};
        });
    }

    void Start(ServerSettings settings, Handler handler) {
        Make(std::move(settings), std::move(handler));
        ASSERT_TRUE(server_->Start());
    }

    /// Tells what was asked: "GET /path body".
    void StartEcho(ServerSettings settings = {}) {
        Start(std::move(settings), [](Request& given) {
            const auto request = std::move(given);  // as the router does
            return Response{
                .content_type = "text/plain", .body = request.method + " " + request.path + " " + request.body
            };
        });
    }

    [[nodiscard]] Wire Connect() const { return Wire(server_->Port()); }

    std::unique_ptr<Server> server_;
};

}  // namespace notify::testing
