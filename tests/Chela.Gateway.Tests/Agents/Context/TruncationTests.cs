using Chela.Gateway.Agents.Context;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using FsCheck;
using FsCheck.Fluent;

namespace Chela.Gateway.Tests.Agents.Context;

/// <summary>What a model with a small context is shown of a long conversation.</summary>
[Trait("Requirement", "B4")]
public sealed class TruncationTests
{
    [Fact]
    public void The_rest_fits_is_the_newest_begins_with_a_question_and_is_as_long_as_can_be() =>
        Prop.ForAll(Conversations.ToArbitrary(), Gen.Choose(0, 400).ToArbitrary(), Holds).QuickCheckThrowOnFailure();

    [Fact]
    public void What_the_provider_counted_is_believed_when_it_is_more()
    {
        TranscriptEntry[] lines = [Line(0, "user", "Hello"), Line(1, "assistant", "Hi") with { Usage = new TokenUsage(900, 100, 1000) }, Line(2, "user", "More")];

        Assert.Equal(1005, TokenEstimate.Of(lines));
        Assert.Equal([lines[2]], Truncation.Fit(lines, 1004));
        Assert.Equal(lines, Truncation.Fit(lines, 1005));
    }

    [Theory]
    [InlineData("", 4)]
    [InlineData("Hello", 6)]
    [InlineData("你好", 6)]
    public void Letters_of_other_scripts_count_more(string text, long tokens) => Assert.Equal(tokens, TokenEstimate.Of(text));

    private static Gen<IReadOnlyList<TranscriptEntry>> Conversations =>
        from roles in Gen.Elements("user", "assistant").ListOf()
        from sizes in Gen.Choose(0, 200).ArrayOf(roles.Count)
        select (IReadOnlyList<TranscriptEntry>)[.. roles.Select((role, n) => Line(n, role, new string('x', sizes[n])))];

    private static bool Holds(IReadOnlyList<TranscriptEntry> lines, int tokens)
    {
        var rest = Truncation.Fit(lines, tokens);
        var left = lines.Count - rest.Count;
        var isNewest = rest.SequenceEqual(lines.Skip(left)) && rest.SequenceEqual(Truncation.Fit(lines, tokens));
        var begins = Enumerable.Range(1, Math.Max(0, lines.Count - 1)).Where(n => lines[n].Role == "user" && lines[n - 1].Role != "user").Prepend(0).ToList();
        var fits = TokenEstimate.Of(rest) <= tokens;
        var isShortest = left == begins[^1];
        var before = begins.LastOrDefault(begin => begin < left, -1);
        var isLongest = left == 0 || TokenEstimate.Of([.. lines.Skip(before)]) > tokens;
        return isNewest && begins.Contains(left) && (fits || isShortest) && isLongest;
    }

    private static TranscriptEntry Line(int number, string role, string text) => new($"{number}", role, text, number, $"{number}");
}
