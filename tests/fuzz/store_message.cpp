// A message of a store or of Iconik, as it comes from a queue.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/error.hpp"
#include "fuzz/promise.hpp"
#include "sources/messages/message.hpp"

namespace notify::fuzz {
namespace {

bool IsId(std::string_view text) {
    return text.size() == 36 && text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

struct CheckNews {
    void operator()(const StoreNews& news) const {
        Promise(!news.bucket.empty() && !news.keys.empty(), "an object has a bucket and a key");
        Promise(
            std::ranges::none_of(
                news.keys,
                [](const std::string& key) { return key.empty() || key.find('\0') != std::string::npos; }
            ),
            "a key can be one"
        );
    }

    void operator()(const AssetNews& news) const { Promise(IsId(news.asset_id), "an asset's id is a UUID"); }

    void operator()(const CollectionNews& news) const {
        Promise(IsId(news.collection_id), "a collection's id is a UUID");
    }

    void operator()(const SearchNews& news) const {
        Promise(IsId(news.search_id), "a search's id is a UUID");
    }
};

}  // namespace
}  // namespace notify::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace notify;  // the hook has no namespace
    const auto message = ParseMessage({reinterpret_cast<const char*>(data), size});
    if (!message) {
        fuzz::Promise(
            !message.error().reason.empty() && !message.error().message.empty(),
            "what is not understood has a reason and a sentence"
        );
        return 0;
    }
    fuzz::Promise(message->news.empty() != message->ignored.empty(), "there is news, or why there is none");
    fuzz::Promise(message->ignored.empty() == message->sentence.empty(), "a word has its sentence");
    for (const auto& news : message->news) {
        std::visit(fuzz::CheckNews{}, news);
    }
    return 0;
}
