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
    [InlineData(1000, "0 1 2 3 4 5 6")]
    [InlineData(301, "2 3 4 5 6")]
    [InlineData(204, "2 3 5 6")]
    [InlineData(1, "2 3 6")]
    public void Of_questions_that_are_being_answered_the_oldest_steps_go_and_the_questions_stay(int tokens, string rest)
    {
        string[] roles = ["user", "assistant", "user", "user", "step", "step", "step"];
        TranscriptEntry[] lines = [.. roles.Select((role, n) => Line(n, role, role == "step" ? "" : "x"))];
        lines = [.. lines.Select(line => line.Role == "step" ? line with { Uses = [new StoredToolUse("c", "look", "{}", new string('x', 316))] } : line)];

        var shown = Truncation.Fit(lines, tokens);

        Assert.Equal(rest, string.Join(' ', shown.Select(line => line.Id)));
        var older = Truncation.CountOlder(lines, tokens, int.MaxValue);
        Assert.Equal(shown, Truncation.From(lines, older));
        Assert.Equal(shown, Conversation.Of([.. lines, Summary(lines[older].Id)]).Lines);
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

    private static TranscriptEntry Summary(string firstKept) => Line(99, TranscriptEntry.Compaction, "short") with { Compacted = new CompactedPart(firstKept, 1) };

    private static TranscriptEntry Line(int number, string role, string text) => new($"{number}", role, text, number, $"{number}");
}
