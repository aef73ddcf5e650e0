using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Discord;

/// <summary>A gateway that has a bot of Discord; each test speaks in channels of its own.</summary>
public sealed class DiscordFixture : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    internal FakeDiscord Discord { get; private set; } = null!;

    internal GatewayProcess Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Discord = await FakeDiscord.StartAsync();
        var start = new GatewayStart(_folder.Path);
        Directory.CreateDirectory(start.StateDirectory!);
        var config = new JsonObject
        {
            ["commands"] = new JsonObject { ["allowFrom"] = new JsonObject { ["discord"] = new JsonArray("45") } },
            ["channels"] = new JsonObject
            {
                ["discord"] = new JsonObject
                {
                    ["default"] = Discord.Account($$"""{ "streaming": "off", "allowFrom": ["42", "43", "44", "45"], "groups": { "{{FakeDiscord.Guild}}": {}, "1100000000000000911": { "enabled": false } } }"""),
                    ["wrong"] = Discord.Account("""{ "token": "a-token-that-nobody-knows.at-all" }"""),
                    ["blind"] = Discord.Account($$"""{ "token": "{{FakeDiscord.BlindToken}}" }"""),
                },
            },
        };
        await File.WriteAllTextAsync(Path.Combine(start.StateDirectory!, "chela.json"), config.ToJsonString(), TestContext.Current.CancellationToken);
        Gateway = await GatewayProcess.StartAsync(start);
        await Discord.WhenAsync(() => Discord.Calls.Any(call => call.Method == "PUT"));
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Discord.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>The real executable speaks with people on Discord.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C2")]
public sealed class DiscordTests(DiscordFixture fixture) : IClassFixture<DiscordFixture>
{
    private const string Mention = $"<@{FakeDiscord.BotId}>";

    private FakeDiscord Discord => fixture.Discord;

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task A_person_who_is_listed_is_answered_in_private_and_what_discord_tells_again_is_answered_once()
    {
        Discord.Say("hello **there** @everyone");
        await Discord.SentAsync("742", 1);
        Discord.Gateway.TellAgain();
        Discord.Say("and again");
        await Discord.SentAsync("742", 2);

        var sent = Discord.SentTo("742");
        Assert.Contains("hello **there**", sent[0].Text, StringComparison.Ordinal);
        Assert.Equal(("[]", "true", 25), (sent[0].Body.Text("allowed_mentions/parse"), sent[0].Body.Text("enforce_nonce"), sent[0].Body.Text("nonce")!.Length));
        Assert.Contains("and again", sent[1].Text, StringComparison.Ordinal);
        Assert.Contains(Discord.Calls, call => call is { Method: "PUT", Path: $"/applications/{FakeDiscord.BotId}/commands" } && call.Body.Text("0/name") is not null);
        Discord.Say("/slow 60000 you see that I write");
        await Discord.WhenAsync(() => Discord.Calls.Any(call => call.Path == "/channels/742/typing"));
        await using var client = await fixture.Gateway.OpenOpenClawAsync();
        Assert.Equal(2, (await client.HistoryAsync("discord:default:direct:42")).Count(line => line.Text("role") == "assistant"));
        var row = await client.CallAsync("channels.status", Json("""{"probe":true,"timeoutMs":100000}"""));
        Assert.Equal(("healthy", "@chela"), (row.Text("payload/channelAccounts/discord/0/healthState"), row.Text("payload/channelAccounts/discord/0/probe/bot")));
    }

    [Fact]
    [Trait("Requirement", "C3")]
    public async Task A_token_that_is_wrong_and_a_bot_that_may_not_read_stop_their_account_and_say_what_helps()
    {
        await using var client = await fixture.Gateway.OpenOpenClawAsync();

        Assert.Equal("Discord does not know the token of the bot.", await RefusalAsync(client, "wrong"));
        Assert.Contains("Message Content Intent", await RefusalAsync(client, "blind"), StringComparison.Ordinal);

        Assert.DoesNotContain("a-token", fixture.Gateway.Errors.Text + fixture.Gateway.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "A9")]
    public async Task In_a_server_it_answers_whom_it_may_answer_and_who_calls_it_and_a_thread_belongs_to_its_channel()
    {
        Discord.SayIn(FakeDiscord.General, $"{Mention} in another server", guild: "1100000000000000901");
        Discord.SayIn(FakeDiscord.General, $"{Mention} from somebody else", from: "8");
        Discord.SayIn("1100000000000000911", $"{Mention} where it is to be silent");
        Discord.SayIn(FakeDiscord.General, $"{Mention} from a program", more: Json("""{"webhook_id":"1"}"""));
        Discord.SayIn(FakeDiscord.General, $"{Mention} was pinned", more: Json("""{"type":6}"""));
        Discord.SayIn(FakeDiscord.General, "to nobody in particular");
        Discord.SayIn(FakeDiscord.General, $"{Mention} to you");
        Discord.SayIn(FakeDiscord.Thread, "an answer in a thread", more: Json($$"""{"type":19,"referenced_message":{"author":{"id":"{{FakeDiscord.BotId}}","bot":true} } }"""));
        await Discord.SentAsync(FakeDiscord.Thread, 1);
        await Discord.SentAsync(FakeDiscord.General, 1);

        Assert.Contains("Anna S.: to you", Assert.Single(Discord.SentTo(FakeDiscord.General)).Text, StringComparison.Ordinal);
        Assert.Contains("Anna S.: an answer in a thread", Assert.Single(Discord.SentTo(FakeDiscord.Thread)).Text, StringComparison.Ordinal);
        Assert.Empty(Discord.SentTo("1100000000000000911"));
    }

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task A_long_answer_comes_in_pieces_each_once_and_discord_is_obeyed_when_it_asks_to_wait()
    {
        var tries = 0;
        Discord.Answer = (call, context) => !call.IsIn("743") ? null : Interlocked.Increment(ref tries) switch
        {
            1 => FakeDiscord.Refusal(429, "You are being rate limited.", 0.05),
            2 => FakeDiscord.Refusal(502, "Bad Gateway"),
            _ => UsedUp(context),
        };
        var words = string.Join(' ', Enumerable.Range(1, 900).Select(number => $"w{number:D4}"));

        Discord.Say(words, from: "43");
        await Discord.WhenAsync(() => Discord.SentTo("743").Any(call => call.Text!.Contains("w0900", StringComparison.Ordinal)));
        Discord.Answer = (_, _) => null;

        var sent = Discord.SentTo("743");
        Assert.Equal(sent[0].Body.Text("nonce"), sent[2].Body.Text("nonce")); // tried again, it would be known again
        Assert.Contains(words, string.Join(' ', sent.Skip(2).Select(call => call.Text!.Trim())), StringComparison.Ordinal);
        Assert.All(sent, call => Assert.InRange(call.Text!.Length, 1, 2000));
        Assert.Equal(sent.Skip(2).Count(), sent.Select(call => call.Body.Text("nonce")).Distinct().Count());
    }

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task Files_come_with_the_message_and_one_that_is_too_long_is_left_out()
    {
        Discord.Files["/files/notes"] = "the notes"u8.ToArray();
        var file = new JsonObject { ["url"] = $"{Discord.Root}/files/notes", ["filename"] = "notes.txt", ["content_type"] = "text/plain", ["size"] = 9 };
        var large = new JsonObject { ["url"] = $"{Discord.Root}/files/large", ["filename"] = "large.bin", ["size"] = 999_999_999 };

        Discord.Say("", from: "44", more: new JsonObject { ["attachments"] = new JsonArray(file, large) });
        await Discord.SentAsync("744", 1);

        Assert.Contains("[file]", Discord.SentTo("744")[0].Text, StringComparison.Ordinal);
        await using var client = await fixture.Gateway.OpenOpenClawAsync();
        var files = await client.CallAsync("artifacts.list", Json("""{"sessionKey":"agent:main:discord:default:direct:44"}"""));
        Assert.Equal("notes.txt", Assert.Single(files.List("payload/artifacts")).Text("title"));
    }

    [Fact]
    public async Task A_command_is_acknowledged_at_once_and_its_answer_takes_that_place()
    {
        var said = Discord.Command("help", "745", from: "45");
        var stranger = Discord.Command("help", FakeDiscord.General, from: "9", guild: FakeDiscord.Guild);
        var path = $"/webhooks/{FakeDiscord.BotId}/{said["token"]}/messages/@original";
        var strangers = $"/webhooks/{FakeDiscord.BotId}/{stranger["token"]}/messages/@original";
        await Discord.WhenAsync(() => Discord.Calls.Any(call => call.Method == "PATCH" && call.Path == path));
        await Discord.WhenAsync(() => Discord.Calls.Any(call => call.Method == "DELETE" && call.Path == strangers));

        Assert.Equal("5", Discord.Calls.First(call => call.Path.StartsWith($"/interactions/{said["id"]}/", StringComparison.Ordinal)).Body.Text("type"));
        Assert.Empty(Discord.SentTo("745"));
        Assert.DoesNotContain(Discord.Calls, call => call.Method == "PATCH" && call.Path == strangers);
    }

    private static (int Status, string Body)? UsedUp(Microsoft.AspNetCore.Http.HttpContext context)
    {
        context.Response.Headers["X-RateLimit-Bucket"] = "messages";
        context.Response.Headers["X-RateLimit-Remaining"] = "0";
        context.Response.Headers["X-RateLimit-Reset-After"] = "0.05";
        return null;
    }

    private static async Task<string> RefusalAsync(WireClient client, string account)
    {
        string? error = null;
        await Patience.UntilAsync(
            async _ =>
            {
                var row = (await client.CallAsync("channels.status")).List("payload/channelAccounts/discord").Single(one => one.Text("accountId") == account);
                error = row.Text("lastError");
                return row.Text("healthState") == "terminal-disconnect";
            },
            $"the account {account} is refused");
        return error!;
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
