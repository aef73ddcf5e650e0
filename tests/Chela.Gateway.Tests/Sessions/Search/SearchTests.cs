using System.Text.Json.Nodes;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Search;
using Chela.Gateway.Tests.Rpc;

namespace Chela.Gateway.Tests.Sessions.Search;

[Trait("Requirement", "B4")]
[Trait("Requirement", "W9")]
public sealed class SearchTests : GatewayPartsTest
{
    [Fact]
    public async Task Messages_are_found_by_their_words_those_of_the_newest_session_first_and_the_newest_of_a_session_first()
    {
        await Parts.SayAsync("older", SessionCalls.User("The harvest of apples"), SessionCalls.Assistant("Nothing"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        var newer = await Parts.SayAsync(
            "newer", SessionCalls.User("apples, harvest", "a"), SessionCalls.Assistant("Harvest the APPLES, all apples", "a"), SessionCalls.User("apples only", "b"));

        var (result, _) = await FindAsync("harvest Apples");

        Assert.Equal(
            [("agent:main:newer", "a", 3), ("agent:main:newer", "a:user", 2), ("agent:main:older", "run:user", 2)],
            result.Results.Select(hit => (hit.SessionKey, hit.MessageId, hit.Score)));
        Assert.Equal((newer.SessionId, "assistant", 6L, "Harvest the APPLES, all apples"), (
            result.Results[0].SessionId, result.Results[0].Role, result.Results[0].Timestamp, result.Results[0].Snippet));
        Assert.Null(result.Truncated);
    }

    [Fact]
    public async Task Calls_of_tools_are_found_by_what_they_were_told_and_by_what_they_gave()
    {
        var step = new TranscriptEntry("step", TranscriptEntry.Step, "", 5, "run") { Uses = [new StoredToolUse("c0", "look", """{"at":"harbour"}""", "Three ships")] };
        await Parts.SayAsync("main", SessionCalls.User("What is there?"), step, SessionCalls.Assistant("Ships"));

        var (result, _) = await FindAsync("harbour ships");

        Assert.Equal(
            [("step", "assistant", "look {\"at\":\"harbour\"}\nThree ships")], result.Results.Select(hit => (hit.MessageId, hit.Role, hit.Snippet)));
    }

    [Fact]
    public async Task Only_the_sessions_asked_for_are_searched()
    {
        await Parts.SayAsync("one", SessionCalls.User("needle"));
        await Parts.SayAsync("two", SessionCalls.User("needle"));

        var named = await FindAsync("needle", ("sessionKeys", new JsonArray("one", "nowhere")));
        var scoped = await FindAsync("needle", ("scope", new JsonObject { ["search"] = "two" }));
        var agent = await FindAsync("needle", ("agentId", "other"));
        var both = await FindAsync("needle", ("scope", new JsonObject()), ("agentId", "main"));
        var blank = await FindAsync(" ");

        Assert.Equal(["agent:main:one"], named.Result.Results.Select(hit => hit.SessionKey));
        Assert.Equal(["agent:main:two"], scoped.Result.Results.Select(hit => hit.SessionKey));
        Assert.Empty(agent.Result.Results);
        Assert.Equal(RpcErrorKind.InvalidParams, both.Error?.Kind);
        Assert.Equal("invalid sessions.search params: at /query: must not be blank", blank.Error?.Message);
    }

    [Fact]
    public async Task What_passes_the_limit_is_left_out_and_said_to_be_and_the_newest_stay()
    {
        await Parts.SayAsync("main", [.. Enumerable.Range(0, 5).Select(n => SessionCalls.User("needle", $"{n}"))]);

        var (result, _) = await FindAsync("needle", ("limit", 2));

        Assert.Equal(["4:user", "3:user"], result.Results.Select(hit => hit.MessageId));
        Assert.True(result.Truncated);
    }

    [Fact]
    public async Task A_search_ends_when_it_has_read_its_bytes()
    {
        await Parts.SayAsync("older", SessionCalls.User("needle"));
        await Parts.SayAsync("newer", SessionCalls.User("needle"), SessionCalls.User(new string('x', 2000)));

        var result = await Parts.Get<TranscriptSearch>().FindAsync(new SearchWords("needle"), Parts.Get<SessionTable>().All, 10, Ct, maxBytes: 1000);

        Assert.Equal(["agent:main:newer"], result.Results.Select(hit => hit.SessionKey));
        Assert.True(result.Truncated);
    }

    [Fact]
    public async Task A_damaged_transcript_hides_its_own_end_only_and_that_is_said()
    {
        await Parts.SayAsync("whole", SessionCalls.User("needle"));
        var damaged = await Parts.SayAsync("damaged", SessionCalls.User("needle", "first"), SessionCalls.User("needle", "second"));
        var file = Assert.Single(Directory.GetFiles(Folder.Path, $"{damaged.SessionId}*", SearchOption.AllDirectories));
        var bytes = await File.ReadAllBytesAsync(file, Ct);
        bytes[^4] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Ct);

        var (result, _) = await FindAsync("needle");

        Assert.Equal(["first:user", "run:user"], result.Results.Select(hit => hit.MessageId));
        Assert.True(result.Truncated);
    }

    [Fact]
    public void A_snippet_is_the_part_around_the_first_word()
    {
        var words = new SearchWords("needle");

        var snippet = words.SnippetOf($"{new string('a', 500)} needle {new string('b', 500)}");

        Assert.Equal($"…{new string('a', 79)} needle {new string('b', 153)}…", snippet);
        Assert.Equal("a needle", words.SnippetOf("a needle"));
    }

    private async Task<(SessionsSearchResult Result, RpcError? Error)> FindAsync(string query, params (string Name, JsonNode Value)[] more)
    {
        var parameters = new JsonObject { ["query"] = query };
        foreach (var (name, value) in more)
        {
            parameters[name] = value;
        }

        var (result, error) = await Parts.CallAsync("sessions.search", parameters, OperatorScopes.Read);
        return (error is null ? System.Text.Json.JsonSerializer.Deserialize(result, SearchJson.Default.SessionsSearchResult)! : null!, error);
    }
}
