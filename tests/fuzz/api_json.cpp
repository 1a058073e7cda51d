// The body of a request to the API, and a processor's configuration in it.
// An input is a letter for the route (api_bodies.hpp) and the body.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>
#include <boost/mp11.hpp>

#include "core/json.hpp"
#include "fuzz/api_bodies.hpp"
#include "fuzz/promise.hpp"
#include "http/body.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "processors/kind.hpp"

namespace notify::fuzz {
namespace {

void CheckText(std::string_view text) {
    const auto json = ParseJson(text);
    if (!json) {
        Promise(!json.error().message.empty(), "a text that is no JSON is refused with a sentence");
        return;
    }
    for (const auto write : {&ToJsonText, &ToCanonicalJson}) {
        const auto written = write(*json);
        const auto again = ParseJson(written);
        Promise(again.has_value(), "what is written as JSON is JSON");
        Promise(write(*again) == written, "what was read from JSON is written as it was");
    }
}

void CheckProblem(const Response& response) {
    Promise(response.status == 400, "a bad body is answered 400");
    const auto problem = ParseJson(response.body);
    Promise(problem && problem->is_object(), "a problem is a JSON object");
    const auto& members = problem->get_object();
    Promise(!members.at("detail").as_string().empty(), "a problem says what is wrong");
    if (const auto* pointer = members.if_contains("pointer")) {
        const std::string_view place = pointer->as_string();
        Promise(place.empty() || place.front() == '/', "a problem's pointer is one");
    }
}

/// What a rule's processor makes of its configuration.
void CheckConfig(const std::string& processor, const std::optional<boost::json::value>& config) {
    const auto kind = FindProcessorKind(processor);
    if (!kind) {
        Promise(!kind.error().message.empty(), "an unknown processor is refused with a sentence");
        return;
    }
    const auto whole = NormaliseConfig(**kind, config ? ToJsonText(*config) : "");
    if (!whole) {
        Promise(!whole.error().message.empty(), "a bad configuration is refused with a sentence");
        return;
    }
    const auto again = NormaliseConfig(**kind, *whole);
    Promise(again && *again == *whole, "a configuration that was completed stays as it is");
}

void CheckConfigs(const view::NewRule& rule) {
    CheckConfig(rule.processor, rule.config);
}

void CheckConfigs(const view::NewBucket& bucket) {
    for (const auto& rule : bucket.rules) {
        CheckConfig(rule.processor, rule.config);
    }
}

template <class Other>
void CheckConfigs(const Other&) {}

template <class View>
Response CheckTaken(const View& view) {
    const auto text = ToJsonText(described::ToJson(view));
    const auto json = ParseJson(text);
    Promise(json.has_value(), "a body that was taken is shown as JSON");
    View again;
    Promise(!described::FromJson(*json, again, ""), "a body that was taken is taken again as it is shown");
    Promise(ToJsonText(described::ToJson(again)) == text, "a body that was taken twice is the same");
    CheckConfigs(view);
    return {.status = 204};
}

template <class View>
void TryBody(std::string body) {
    Request request;
    request.id = "req_1";
    request.body = std::move(body);
    const auto response = WithBody<View>(request, [](const View& view) { return CheckTaken(view); });
    if (response.status != 204) {
        CheckProblem(response);
    }
}

}  // namespace
}  // namespace notify::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace notify::fuzz;  // the hook has no namespace
    if (size == 0) {
        return 0;
    }
    const std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
    constexpr std::size_t kBodies = boost::mp11::mp_size<Bodies>::value;
    boost::mp11::mp_with_index<kBodies>((data[0] + kBodies - ('a' % kBodies)) % kBodies, [&](auto index) {
        TryBody<boost::mp11::mp_at<Bodies, decltype(index)>>(body);
    });
    CheckText(body);
    return 0;
}
