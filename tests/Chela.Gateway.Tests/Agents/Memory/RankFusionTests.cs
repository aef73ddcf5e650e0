using Chela.Gateway.Agents.Memory;

namespace Chela.Gateway.Tests.Agents.Memory;

[Trait("Requirement", "G6")]
public sealed class RankFusionTests
{
    [Theory]
    [InlineData("abc", "abc", "abc")]
    [InlineData("ab", "c", "acb")]
    [InlineData("ab", "ba", "ab")]
    [InlineData("abc", "cd", "cabd")]
    [InlineData("", "ab", "ab")]
    [InlineData("", "", "")]
    public void Passages_that_stand_well_in_both_orders_come_first(string words, string meaning, string expected)
    {
        var passages = "abcd".ToDictionary(name => name, name => new MemoryPassage($"{name}", 1, 1, $"{name}"));

        var hits = RankFusion.Join(words.Select(name => passages[name]), meaning.Select(name => passages[name]), 10);

        Assert.Equal(expected, string.Concat(hits.Select(hit => hit.Passage.Path)));
        Assert.All(hits, hit => Assert.InRange(hit.Score, double.Epsilon, 1));
    }

    [Fact]
    public void The_first_of_both_has_the_score_one_and_no_more_come_than_are_wanted()
    {
        MemoryPassage[] passages = [new("a", 1, 1, "a"), new("b", 1, 1, "b")];

        Assert.Equal(1, Assert.Single(RankFusion.Join(passages, passages, 1)).Score, 12);
    }
}
