using Chela.Gateway.Agents.Memory;

namespace Chela.Gateway.Tests.Agents.Memory;

[Trait("Requirement", "G6")]
public sealed class MemorySearchTests
{
    private static readonly MemoryPassage[] Notes =
    [
        Note("a", "The turtle is called Tilda. The turtle eats dandelions."),
        Note("b", "The dentist is on Thursday."),
        Note("c", "The turtle needs a new lamp, and the lamp a bulb, and the bulb a socket, and so on and on and on and on and on."),
        Note("d", "烏龜叫做小明。"),
    ];

    [Theory]
    [InlineData("turtle", "a c")]
    [InlineData("TURTLE lamp", "c a")]
    [InlineData("the dentist", "b a c")]
    [InlineData("烏龜", "d")]
    [InlineData("Thursday?", "b")]
    [InlineData("the", "a b c")]
    [InlineData("nothing of this", "")]
    [InlineData("?!", "")]
    public void The_best_passage_comes_first_and_those_without_a_word_do_not_come(string question, string expected) =>
        Assert.Equal(expected, string.Join(' ', MemorySearch.Find(Notes, question, 10).Select(hit => hit.Passage.Path)));

    [Fact]
    public void Scores_are_between_nothing_and_one_and_the_number_of_passages_is_bounded()
    {
        Assert.All(MemorySearch.Find(Notes, "turtle the lamp", 10), hit => Assert.InRange(hit.Score, double.Epsilon, 1));
        Assert.Single(MemorySearch.Find(Notes, "the", 1));
        Assert.Empty(MemorySearch.Find([], "the", 10));
    }

    [Fact]
    public void A_file_is_taken_apart_at_headings_and_gaps_and_no_line_is_lost()
    {
        var text = $"# One\nfirst\n\n## Two\n{new string('x', 900)}\n\nthird\n";

        var passages = MemoryPassage.In("f.md", text).ToList();

        Assert.Equal([(1, 3), (4, 5), (6, 8)], passages.Select(passage => (passage.FirstLine, passage.LastLine)));
        Assert.Equal(["# One\nfirst", "## Two\n" + new string('x', 900), "third"], passages.Select(passage => passage.Text));
    }

    [Fact]
    public void A_line_without_an_end_becomes_no_passage_without_an_end() =>
        Assert.InRange(Assert.Single(MemoryPassage.In("f.md", new string('x', 1_000_000))).Text.Length, 1, 4_000);

    private static MemoryPassage Note(string path, string text) => new(path, 1, 1, text);
}
