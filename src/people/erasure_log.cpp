#include "people/erasure_log.hpp"

#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/erasure.hpp"
#include "domain/ids.hpp"

namespace notify {

namespace {

constexpr unsigned int kPrivate = 0600;

Result<Erasure> FromJson(const boost::json::value& json) {
    try {
        const auto at = FromRfc3339(json.at("at").as_string());
        if (!at) {
            return Unexpected(at.error());
        }
        Erasure erasure;
        erasure.id = EditId(std::string(json.at("erasure").as_string()));
        erasure.at = *at;
        erasure.actor = std::string(json.at("by").as_string());
        for (const auto& person : json.at("people").as_array()) {
            erasure.people.emplace_back(std::string(person.as_string()));
        }
        if (const auto* strays = json.as_object().if_contains("strays")) {
            for (const auto& photo : strays->as_array()) {
                erasure.strays.emplace_back(std::string(photo.as_string()));
            }
        }
        return erasure;
    } catch (const boost::system::system_error& fault) {
        return Fail(ErrorCode::kInvalidArgument, fault.what());
    }
}

}  // namespace

Result<std::vector<Erasure>> ErasureLog::Read() const {
    const auto text = ReadFile(file_);
    if (!text) {
        return text.error().code == ErrorCode::kNotFound ? Result<std::vector<Erasure>>{}
                                                         : Unexpected(text.error());
    }
    const auto json = ParseJson(*text);
    if (!json || !json->is_array()) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("{} is no list of erasures", file_.native()));
    }
    std::vector<Erasure> erasures;
    for (const auto& each : json->get_array()) {
        auto erasure = FromJson(each);
        if (!erasure) {
            return Unexpected(erasure.error().Within(file_.native()));
        }
        erasures.push_back(std::move(*erasure));
    }
    return erasures;
}

Result<void> ErasureLog::Write(const std::vector<Erasure>& erasures) const {
    boost::json::array list;
    for (const auto& erasure : erasures) {
        boost::json::array people;
        boost::json::array strays;
        for (const auto& person : erasure.people) {
            people.emplace_back(person.Value());
        }
        for (const auto& photo : erasure.strays) {
            strays.emplace_back(photo.Value());
        }
        list.push_back(
            boost::json::object{
                {"erasure", erasure.id.Value()},
                {"at", ToRfc3339(erasure.at)},
                {"by", erasure.actor},
                {"people", std::move(people)},
                {"strays", std::move(strays)}
            }
        );
    }
    return WriteFileAtomically(file_, ToJsonText(list) + "\n", kPrivate);
}

}  // namespace notify
