#include "processors/document_markdown/figure.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_content.hpp"

namespace notify::document {

namespace {

constexpr float kTogether = 10.0F;        // points between parts of one drawing
constexpr float kSmallestSide = 24.0F;    // points; less is a sign, a bullet, a logo in a line
constexpr std::size_t kFewestParts = 5;   // of a drawing without an image
constexpr std::size_t kMaxParts = 4'000;  // that are compared with each other
constexpr float kWholePage = 0.85F;       // of the page: a background or a scan

struct Cluster {
    Box box;
    std::size_t parts = 0;
    bool has_image = false;
};

void Join(std::vector<Cluster>& clusters, Cluster part) {
    part.box.left -= kTogether / 2;
    for (std::size_t i = 0; i < clusters.size();) {
        if (clusters[i].box.IsNear(part.box, kTogether)) {
            part.box.Add(clusters[i].box);
            part.parts += clusters[i].parts;
            part.has_image = part.has_image || clusters[i].has_image;
            clusters[i] = clusters.back();
            clusters.pop_back();
            i = 0;
        } else {
            ++i;
        }
    }
    clusters.push_back(part);
}

bool IsWholePage(const Box& box, const PageContent& page) {
    return box.Width() > kWholePage * page.width && box.Height() > kWholePage * page.height;
}

std::vector<Cluster> ClustersOf(const PageContent& page) {
    std::vector<Cluster> clusters;
    for (const auto& box : page.images) {
        if (!IsWholePage(box, page)) {
            Join(clusters, {.box = box, .parts = 1, .has_image = true});
        }
    }
    for (const auto& box : page.drawings) {
        if (clusters.size() < kMaxParts && !IsWholePage(box, page)) {
            Join(clusters, {.box = box, .parts = 1});
        }
    }
    std::erase_if(clusters, [&](const Cluster& cluster) {
        return cluster.box.Width() < kSmallestSide || cluster.box.Height() < kSmallestSide ||
               (!cluster.has_image && cluster.parts < kFewestParts) || IsWholePage(cluster.box, page);
    });
    return clusters;
}

std::size_t WordsIn(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count(text, ' ')) + 1;
}

/// True when the drawing is a frame around text, or a ground behind it.
bool IsText(const std::vector<Line>& lines, const Box& box) {
    constexpr std::size_t kSentence = 6;  // words
    constexpr int kMostSentences = 4;
    return std::ranges::count_if(lines, [&](const Line& line) {
               return box.HoldsMiddleOf(line.box) && WordsIn(line.Text()) >= kSentence;
           }) > kMostSentences;
}

/// The size of most letters.
float UsualSize(const std::vector<Line>& lines) {
    std::map<long, std::size_t> letters;  // of any size that a file may say
    for (const auto& line : lines) {
        letters[std::lround(line.size * 4)] += line.Text().size();
    }
    const auto most = std::ranges::max_element(letters, {}, [](const auto& each) { return each.second; });
    return most == letters.end() ? 0 : static_cast<float>(most->first) / 4;
}

/// The box with the labels of axes and legends around it: short lines that are smaller than the text.
Box WithLabels(const std::vector<Line>& lines, Box box) {
    constexpr float kReach = 9;  // points
    const auto usual = UsualSize(lines);
    for (int round = 0; round < 3; ++round) {
        for (const auto& line : lines) {
            if (line.size < 0.87F * usual && line.box.Width() < 0.7F * box.Width() &&
                box.IsNear(line.box, kReach) && !BeginsAsCaption(line.Text())) {
                box.Add(line.box);
            }
        }
    }
    return box;
}

}  // namespace

std::vector<Figure> FiguresOf(const PageContent& page, std::vector<Line>& lines) {
    std::vector<Figure> figures;
    for (const auto& cluster : ClustersOf(page)) {
        auto& figure = figures.emplace_back(Figure{.box = cluster.box, .words = {}});
        for (const auto& posts : {page.rules, page.posts}) {
            for (const auto& part : posts) {
                if (cluster.box.IsNear(part, 2)) {
                    figure.box.Add(part);
                }
            }
        }
        if (!cluster.has_image && IsText(lines, figure.box)) {
            figures.pop_back();
            continue;
        }
        const auto reach = WithLabels(lines, figure.box);
        figure.box = reach;
        std::erase_if(lines, [&](const Line& line) {
            if (!reach.HoldsMiddleOf(line.box)) {
                return false;
            }
            figure.words += (figure.words.empty() ? "" : " ") + line.Text();
            return true;
        });
        figure.box.left = std::max(0.0F, figure.box.left);
        figure.box.top = std::max(0.0F, figure.box.top);
        figure.box.right = std::min(page.width, figure.box.right);
        figure.box.bottom = std::min(page.height, figure.box.bottom);
    }
    return figures;
}

}  // namespace notify::document
