#include "processors/document_markdown/recognition_pool.hpp"

#include <algorithm>
#include <cstddef>
#include <future>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/text_recognition.hpp"

namespace notify::document {

namespace {

constexpr std::size_t kMostEngines = 4;  // each holds its languages in memory

}  // namespace

RecognitionPool::RecognitionPool(std::vector<std::string> languages)
    : languages_(std::move(languages)),
      engines_(std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kMostEngines)) {}

Result<std::future<float>> RecognitionPool::Start(
    GrayPicture picture, PageContent& content, std::stop_token stop
) {
    auto& engine = engines_[next_++ % engines_.size()];
    if (engine == nullptr) {
        auto made = TextRecognition::Make(languages_);
        if (!made) {
            return Unexpected(made.error());
        }
        engine = std::move(*made);
    }
    return std::async(
        std::launch::async,
        [&engine = *engine, picture = std::move(picture), &content, stop = std::move(stop)] {
            return engine.Read(picture, content, stop);
        }
    );
}

}  // namespace notify::document
