using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Chela.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>A message comes in by webhook, and its answer goes out by webhook; whatever happens in between, once.</summary>
[Trait("Requirement", "C2")]
[Trait("Requirement", "H1")]
public sealed class WebhookTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signed_message_is_answered_to_the_configured_address_and_is_in_its_own_session()
    {
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(program.StartIn(folder));

        var (status, answer) = await program.SendAsync(gateway, "m-1", "hello there");
        await program.CountAsync(1);

        Assert.Equal((200, "accepted", "webhook:desk:m-1"), (status, answer.Text("status"), answer.Text("runId")));
        var post = Assert.Single(program.Posts);
        Assert.Equal(new PostedReply("webhook:desk:m-1#1", "webhook:desk:m-1", "anna", post.Text, 1, 1, IsSigned: true), post);
        Assert.Contains("hello there", post.Text, StringComparison.Ordinal);
        await using var client = await gateway.OpenOpenClawAsync();
        var channels = await client.CallAsync("channels.status");
        Assert.Equal(("webhook", "desk", "desk"), (
            channels.Text("payload/channelOrder/0"), channels.Text("payload/channelAccounts/webhook/0/accountId"), channels.Text("payload/channelDefaultAccountId/webhook")));
        var history = await client.HistoryAsync("webhook:desk:direct:anna");
        Assert.Equal(["user: hello there", $"assistant (stop): {post.Text}"], history.Select(OpenClawWire.Line));
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task A_message_that_the_program_sends_again_runs_once_also_after_a_kill()
    {
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        var start = program.StartIn(folder);
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await program.SendAsync(gateway, "m-1", "hello");
            await program.CountAsync(1);
            Assert.Equal("duplicate", (await program.SendAsync(gateway, "m-1", "hello")).Answer.Text("status"));
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(start);
        var (status, answer) = await program.SendAsync(again, "m-1", "hello");
        var other = await program.SendAsync(again, "m-1", "something else");
        await program.SendAsync(again, "m-2", "the last");
        await program.WhenAsync(posts => posts.Any(post => post.RunId == "webhook:desk:m-2"));

        Assert.Equal((200, "duplicate"), (status, answer.Text("status")));
        Assert.Equal(409, other.Status);
        await using var client = await again.OpenOpenClawAsync();
        Assert.Equal(2, (await client.HistoryAsync("webhook:desk:direct:anna")).Count(line => line.Text("role") == "user"));
        Assert.Equal(2, program.Posts.Select(post => post.Key).Distinct().Count());
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task Killed_between_question_and_answer_the_gateway_tells_the_program_that_the_run_was_interrupted()
    {
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        var start = program.StartIn(folder);
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            Assert.Equal(200, (await program.SendAsync(gateway, "m-1", "/slow 5000 this takes longer than the process lives")).Status);
            gateway.Kill();
        }

        await using var again = await GatewayProcess.StartAsync(start);
        await program.CountAsync(1);

        var post = Assert.Single(program.Posts);
        Assert.Equal("webhook:desk:m-1", post.RunId);
        Assert.Contains("The gateway stopped", post.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "B4")]
    [Trait("Requirement", "C4")]
    public async Task Killed_while_a_long_answer_is_sent_the_gateway_goes_on_with_the_piece_that_had_not_arrived()
    {
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        var start = program.StartIn(folder, textChunkLimit: 200);
        var words = string.Join(' ', Enumerable.Range(1, 150).Select(n => n.ToString("D4", CultureInfo.InvariantCulture)));
        program.Answer = (post, context) => post.Piece == 3 ? Task.Delay(Timeout.Infinite, context.RequestAborted) : Task.CompletedTask;
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await program.SendAsync(gateway, "m-1", words);
            await program.CountAsync(3);
            gateway.Kill();
        }

        program.Answer = (_, _) => Task.CompletedTask;
        await using var again = await GatewayProcess.StartAsync(start);
        await program.WhenAsync(posts => posts[^1] is { Piece: > 3 } last && last.Piece == last.Pieces);

        Assert.Equal([1, 2, 3, 3, .. Enumerable.Range(4, program.Posts[0].Pieces - 3)], program.Posts.Select(post => post.Piece));
        Assert.All(program.Posts, post => Assert.True(post.IsSigned && post.Text.Length <= 200));
        Assert.Contains(words, string.Join(' ', program.Posts.DistinctBy(post => post.Key).Select(post => post.Text.Trim())), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "O3")]
    public async Task What_the_program_does_not_want_is_a_dead_letter_and_goes_out_once_a_person_says_so()
    {
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        program.Answer = (post, context) =>
        {
            context.Response.StatusCode = post.RunId.EndsWith("bad", StringComparison.Ordinal) ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
            return Task.CompletedTask;
        };
        var start = program.StartIn(folder);
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await program.SendAsync(gateway, "bad", "hello");
            await program.SendAsync(gateway, "good", "hello again");
            await program.CountAsync(2);
            await using var early = await gateway.OpenJsonRpcAsync();
            await Patience.UntilAsync(async _ => (await early.CallRpcAsync("outbox.list")).Text("result/total") == "1", "one was left");
            gateway.Kill();
        }

        program.Answer = (_, _) => Task.CompletedTask;
        await using var again = await GatewayProcess.StartAsync(start);
        await using var rpc = await again.OpenJsonRpcAsync();
        var dead = Assert.Single((await rpc.CallRpcAsync("outbox.list", new() { ["state"] = "failed" })).List("result/items"));
        var retried = await rpc.CallRpcAsync("outbox.retry", new() { ["id"] = dead.Text("id") });
        await Patience.UntilAsync(async _ => (await rpc.CallRpcAsync("outbox.list")).Text("result/total") == "0", "nothing waited");
        var unknown = await rpc.CallRpcAsync("outbox.drop", new() { ["id"] = dead.Text("id") });

        Assert.Equal(("webhook:desk:bad", "The program answered 400.", "anna"), (dead.Text("id"), dead.Text("error"), dead.Text("chat")));
        Assert.Equal("true", retried.Text("result/ok"));
        Assert.Contains("webhook:desk:bad", unknown.Text("error/message"), StringComparison.Ordinal);
        Assert.Equal(["webhook:desk:bad#1", "webhook:desk:good#1", "webhook:desk:bad#1"], program.Posts.Select(post => post.Key));
    }

    [Fact]
    [Trait("Requirement", "O3")]
    public async Task While_the_program_is_down_the_answer_is_sent_again_under_the_same_key_until_it_arrives()
    {
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        program.Answer = (_, context) =>
        {
            context.Response.Headers.RetryAfter = "0";
            context.Response.StatusCode = program.Posts.Count < 4 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            return Task.CompletedTask;
        };
        await using var gateway = await GatewayProcess.StartAsync(program.StartIn(folder));
        await using var rpc = await gateway.OpenJsonRpcAsync();

        await program.SendAsync(gateway, "m-1", "hello");
        await program.CountAsync(4);
        await Patience.UntilAsync(async _ => (await rpc.CallRpcAsync("outbox.list")).Text("result/total") == "0", "nothing waited");

        Assert.Equal(Enumerable.Repeat("webhook:desk:m-1#1", 4), program.Posts.Select(post => post.Key));
    }

    [Fact]
    [Trait("Requirement", "A1")]
    public async Task Who_signs_wrongly_again_and_again_is_not_even_read()
    {
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(program.StartIn(folder) with
        {
            Environment = [("CHELA_GATEWAY__AUTH__RATELIMIT__EXEMPTLOOPBACK", "false"), ("CHELA_GATEWAY__AUTH__RATELIMIT__MAXATTEMPTS", "2")],
        });
        var body = FakeWebhook.Body("m-1", "hello");
        var wrong = "v1=" + new string('0', 64);

        var first = await program.PostAsync(gateway, body, wrong);
        var second = await program.PostAsync(gateway, body, wrong);
        var right = await program.PostAsync(gateway, body);

        Assert.Equal([401, 401, 429], new[] { first, second, right }.Select(refused => refused.Status));
        Assert.Empty(program.Posts);
    }

    [Fact]
    [Trait("Requirement", "A8")]
    public async Task Who_does_not_sign_with_the_secret_now_is_refused_and_nothing_happens()
    {
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(program.StartIn(folder));
        var body = FakeWebhook.Body("m-1", "hello");
        var now = TimeProvider.System.GetUtcNow();

        var wrong = await program.PostAsync(gateway, body, signature: "v1=" + new string('0', 64));
        var unreadable = await program.PostAsync(gateway, body, signature: "");
        var old = await program.PostAsync(gateway, body, at: now.AddMinutes(-6));
        var ahead = await program.PostAsync(gateway, body, at: now.AddMinutes(6));
        var unknown = await program.PostAsync(gateway, body, account: "other");
        var form = await program.PostAsync(gateway, body, type: "text/plain");
        var shapeless = await program.PostAsync(gateway, """{"id":"m-1","chat":"Anna","text":"hello","more":1}""");
        var large = await program.PostAsync(gateway, FakeWebhook.Body("m-1", new string('x', 1024 * 1024)));

        Assert.Equal(
            [401, 401, 401, 401, 404, 415, 400, 413],
            new[] { wrong, unreadable, old, ahead, unknown, form, shapeless, large }.Select(refused => refused.Status));
        Assert.Contains("/chat", shapeless.Answer.Text("detail"), StringComparison.Ordinal);
        await using var client = await gateway.OpenOpenClawAsync();
        Assert.Empty((await client.CallAsync("sessions.list")).List("payload/sessions"));
        Assert.Empty(program.Posts);
        Assert.DoesNotContain(FakeWebhook.Secret, (await client.CallAsync("config.get")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_cannot_sign_shows_its_token_and_who_shows_another_brings_nothing_in()
    {
        using var folder = new TempFolder();
        const string Token = "a-token-of-the-desk-that-nobody-guesses";
        var start = new GatewayStart(folder.Path);
        Directory.CreateDirectory(start.StateDirectory!);
        await File.WriteAllTextAsync(
            Path.Combine(start.StateDirectory!, "chela.json"),
            $$"""{ "channels": { "webhook": { "desk": { "secret": "{{FakeWebhook.Secret}}", "token": "{{Token}}" }, "signs": { "secret": "{{FakeWebhook.Secret}}" } } } }""",
            Ct);
        await using var gateway = await GatewayProcess.StartAsync(start);
        using var http = new HttpClient { BaseAddress = gateway.HttpUrl };

        var statuses = new List<HttpStatusCode>();
        foreach (var (account, token) in new[] { ("desk", Token), ("desk", Token), ("desk", Token + "x"), ("desk", FakeWebhook.Secret), ("signs", FakeWebhook.Secret) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/webhook/{account}")
            {
                Content = new StringContent(FakeWebhook.Body("m-1", $"hello {statuses.Count / 2}"), MediaTypeHeaderValue.Parse("application/json")),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await http.SendAsync(request, Ct);
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized], statuses);
        await using var client = await gateway.OpenOpenClawAsync();
        Assert.Equal("user: hello 0", (await client.HistoryAsync("webhook:desk:direct:anna")).Select(OpenClawWire.Line).First());
        Assert.Single((await client.CallAsync("sessions.list")).List("payload/sessions"));
    }

    [Fact]
    public async Task A_secret_that_is_none_stops_the_start_and_names_its_place()
    {
        using var folder = new TempFolder();
        var start = new GatewayStart(folder.Path);
        Directory.CreateDirectory(start.StateDirectory!);
        await File.WriteAllTextAsync(
            Path.Combine(start.StateDirectory!, "chela.json"),
            """
            { "channels": { "webhook": {
                "a": { "secret": "undefined" },
                "b": { "secret": "long enough for a secret", "url": "ftp://x" },
                "C.D": { "secret": "long-enough-for-a-secret" },
                "e": { }
            } } }
            """,
            Ct);

        var (_, _, errors) = await GatewayProcess.RefusedAsync(start);
        Assert.Contains("channels.webhook.e", errors, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            Path.Combine(start.StateDirectory!, "chela.json"),
            """
            { "channels": { "webhook": {
                "a": { "secret": "undefined" },
                "b": { "secret": "long-enough-for-a-secret", "url": "ftp://x" },
                "C.D": { "secret": "long-enough-for-a-secret" }
            } } }
            """,
            Ct);
        (_, _, errors) = await GatewayProcess.RefusedAsync(start);

        Assert.Contains("chela.json:2:22 channels.webhook.a.secret: is a placeholder", errors, StringComparison.Ordinal);
        Assert.Contains("chela.json:3:57 channels.webhook.b.url: must be an address", errors, StringComparison.Ordinal);
        Assert.Contains("channels.webhook: has an account whose name is not", errors, StringComparison.Ordinal);
    }
}
