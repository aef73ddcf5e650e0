using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Editing;

namespace Chela.Gateway.Tests.Config.Editing;

/// <summary>Random texts and random changes: what is read is what was asked for, and nothing else has changed.</summary>
[Trait("Requirement", "K1")]
public sealed class TextEditorTortureTests
{
    private const int Rounds = 500;

    [Fact]
    public void A_value_is_replaced_in_its_place() => ForEachText(written =>
    {
        foreach (var (path, start, end) in written.Values)
        {
            var edit = new ConfigEdit(path, written.NewValue());

            var after = Apply(written, edit);

            Assert.Equal(written.Text[..start], after[..start]);
            Assert.Equal(written.Text[end..], after[^(written.Text.Length - end)..]);
        }
    });

    [Fact]
    public void A_value_is_added_and_nothing_is_lost() => ForEachText(written =>
    {
        foreach (var (path, count, isList) in written.Containers)
        {
            var after = Apply(written, new ConfigEdit([.. path, isList ? ConfigEdit.Append : $"k{count}"], written.NewValue()));

            Assert.True(IsWithin(written.Text, after));
            Assert.Equal(written.Comments.Select(comment => comment.Text), CommentsOf(after));
        }
    });

    [Fact]
    public void A_value_is_taken_away_and_nothing_else() => ForEachText(written =>
    {
        foreach (var (path, start, end) in written.Values)
        {
            var after = Apply(written, new ConfigEdit(path, null));

            Assert.True(IsWithin(after, written.Text));
            var inside = written.Comments.Where(comment => comment.Start >= start && comment.Start < end).Select(comment => comment.Text);
            Assert.Equal(written.Comments.Select(comment => comment.Text).Except(inside.Concat(BeforeValue(written, path, start))), CommentsOf(after));
        }
    });

    /// <summary>The comments between the name of a member and its value; an item of a list has none.</summary>
    private static IEnumerable<string> BeforeValue(RandomSettings written, string[] path, int valueStart)
    {
        var key = written.Text.AsSpan(0, valueStart).LastIndexOf(Encoding.UTF8.GetBytes($"\"{path[^1]}\" :"));
        return path[^1].StartsWith('k') ? written.Comments.Where(comment => comment.Start > key && comment.Start < valueStart).Select(comment => comment.Text) : [];
    }

    private static byte[] Apply(RandomSettings written, ConfigEdit edit)
    {
        var after = TextEditor.Apply(written.Text, edit);
        var problems = new List<ConfigProblem>();
        var read = new ConfigText("x", after).Read(problems).Values;

        Assert.Empty(problems);
        Assert.True(JsonNode.DeepEquals(edit.ApplyTo(written.Settings), read), $"{edit.Key} in\n{Encoding.UTF8.GetString(written.Text)}\nbecame\n{Encoding.UTF8.GetString(after)}");
        return after;
    }

    private static void ForEachText(Action<RandomSettings> check)
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var written = new RandomSettings(seed);
            Assert.True(JsonNode.DeepEquals(written.Settings, new ConfigText("x", written.Text).Read([]).Values));
            check(written);
        }
    }

    private static bool IsWithin(ReadOnlySpan<byte> part, ReadOnlySpan<byte> whole)
    {
        var found = 0;
        foreach (var one in whole)
        {
            found += found < part.Length && part[found] == one ? 1 : 0;
        }

        return found == part.Length;
    }

    private static List<string> CommentsOf(byte[] text)
    {
        var reader = new Utf8JsonReader(text, ConfigText.ReaderOptions);
        var comments = new List<string>();
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Comment)
            {
                var isLine = text[reader.TokenStartIndex + 1] == '/';
                comments.Add(isLine ? $"//{reader.GetComment()}" : $"/*{reader.GetComment()}*/");
            }
        }

        return comments;
    }
}
