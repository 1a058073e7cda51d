#include "fakes/fake_store.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/http_client.hpp"
#include "core/url.hpp"

namespace notify::testing {

namespace {

std::vector<std::string> CommandOf(
    std::string_view program, const std::string& pem, const std::string& client_ca
) {
    std::vector<std::string> command{NOTIFY_PYTHON, fmt::format("{}/{}", NOTIFY_FAKES, program), "0"};
    for (const auto& file : {pem, client_ca}) {
        if (!file.empty()) {
            command.push_back(file);
        }
    }
    return command;
}

}  // namespace

FakeStore::FakeStore(std::string_view program, const std::string& pem, const std::string& client_ca)
    : tls_(!pem.empty()), server_(CommandOf(program, pem, client_ca)) {}

std::string FakeStore::Url() const {
    return fmt::format("{}://127.0.0.1:{}", tls_ ? "https" : "http", Port());
}

boost::json::object FakeStore::Control(std::string_view method, std::string_view body) const {
    const auto response = HttpClient().Send(
        {
            .method = std::string(method),
            .url = notify::Url::Parse(Url() + "/_control").value(),
            .body = std::string(body),
            .max_response_bytes = 1U << 20U,
        },
        {}
    );
    return boost::json::parse(response.value().body).as_object();
}

void FakeStore::Set(std::string_view json) const {
    static_cast<void>(Control("POST", json));
}

boost::json::object FakeStore::Seen() const {
    return Control("GET", {});
}

}  // namespace notify::testing
