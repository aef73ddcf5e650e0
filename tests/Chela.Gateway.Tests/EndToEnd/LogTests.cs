using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>What the gateway tells of itself: its log and its configuration, without secrets.</summary>
[Trait("Requirement", "W5")]
[Trait("Requirement", "A8")]
public sealed class LogTests
{
    private const string Secret = "the-secret-token-of-this-trial";

    [Fact]
    [Trait("Requirement", "O1")]
    public async Task The_log_is_read_from_its_end_and_then_on_from_a_cursor()
    {
        using var home = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(home.Path) { Environment = [("OPENAI_API_KEY", "sk-abcdefghijklmnopqrstuvwxyz"), ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")] });
        await using var client = await gateway.OpenOpenClawAsync();
        var empty = await client.CallAsync("logs.tail");
        await client.SendChatAsync("main", "fails", "Hello");
        await client.ChatEndAsync("fails");

        var first = await client.CallAsync("logs.tail");
        var next = await client.CallAsync("logs.tail", new JsonObject { ["cursor"] = first.Find("payload/cursor")!.Value.GetInt64() });
        var beyond = await client.CallAsync("logs.tail", new JsonObject { ["cursor"] = 1_000_000, ["limit"] = 1 });

        var entry = JsonElement.Parse(first.List("payload/lines")[^1].GetString()!);
        Assert.Equal(Path.Combine(gateway.StateDirectory, "logs", "gateway.log"), first.Text("payload/file"));
        Assert.Contains("fails", entry.Text("0"), StringComparison.Ordinal);
        Assert.Equal(("WARN", "1402", "fails"), (entry.Text("_meta/logLevelName"), entry.Text("eventId"), entry.Text("data/Run")));
        Assert.Empty(next.List("payload/lines"));
        Assert.Equal(("true", "1"), (beyond.Text("payload/reset"), beyond.List("payload/lines").Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.True(first.List("payload/lines").Count > empty.List("payload/lines").Count);
        Assert.DoesNotContain(first.List("payload/lines"), line => line.GetString()!.Contains("sk-abcdefgh", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "O1")]
    public async Task Lines_name_the_work_that_they_are_about_and_more_is_logged_while_somebody_wants_it()
    {
        using var home = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(home.Path));
        await using var client = await gateway.OpenOpenClawAsync();
        await client.SendChatAsync("main", "before", "Hello");
        await client.ChatEndAsync("before");

        await client.CallAsync("logs.level", new JsonObject { ["slice"] = "agents", ["level"] = "debug", ["forMs"] = 600_000 });
        await client.SendChatAsync("main", "during", "Hello");
        await client.ChatEndAsync("during");

        var lines = (await client.CallAsync("logs.tail")).List("payload/lines").Select(line => JsonElement.Parse(line.GetString()!)).ToList();
        Assert.DoesNotContain(lines, line => line.Text("run") == "before");
        var began = Assert.Single(lines, line => line.Text("eventId") == "1407");
        Assert.Equal(("agent:main:main", "main", "during", "during"), (began.Text("session"), began.Text("agent"), began.Text("run"), began.Text("message")));
        Assert.Equal(("webchat", null), (began.Text("channel"), began.Text("connection")));
        var changed = Assert.Single(lines, line => line.Text("eventId") == "1900");
        Assert.Equal(began.Text("user"), changed.Text("user"));
        Assert.NotNull(changed.Text("connection"));
    }

    [Fact]
    [Trait("Requirement", "A3")]
    public async Task A_token_that_was_made_meanwhile_does_not_reach_the_log()
    {
        using var home = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(home.Path) { Environment = [("OPENAI_API_KEY", "sk-abcdefghijklmnopqrstuvwxyz"), ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")] });
        await using var client = await gateway.OpenOpenClawAsync();
        var made = (await client.CallAsync("auth.rotate")).Text("payload/token")!;

        await client.SendChatAsync("main", made, "Hello");
        await client.ChatEndAsync(made);
        var lines = (await client.CallAsync("logs.tail")).List("payload/lines").Select(line => line.GetString()!).ToList();

        Assert.Contains(lines, line => line.Contains("Run *** of session", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(made, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "W9")]
    public async Task The_configuration_is_shown_without_its_secrets()
    {
        using var home = new TempFolder();
        Directory.CreateDirectory(Path.Combine(home.Path, "state"));
        await File.WriteAllTextAsync(
            Path.Combine(home.Path, "state", "chela.json"),
            """{"gateway":{"auth":{"token":"SECRET"}},"models":{"providers":{"openai":{"apiKey":"sk-abcdefghijklmnop","baseUrl":"http://127.0.0.1:9/v1","headers":{"X-Key":"sk-abc"}}}}}"""
                .Replace("SECRET", Secret, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(home.Path));
        await using var client = await WireClient.OpenAsync(gateway.Url + "/rpc", ("Authorization", $"Bearer {Secret}"));

        var view = (await client.CallRpcAsync("config.get")).GetProperty("result");
        var again = (await client.CallRpcAsync("config.get")).GetProperty("result");
        var schema = (await client.CallRpcAsync("config.schema")).GetProperty("result");

        Assert.Equal("__OPENCLAW_REDACTED__", view.Text("config/gateway/auth/token"));
        Assert.Equal("""{"gateway":{"auth":{"token":"__OPENCLAW_REDACTED__"}},"models":{"providers":{"openai":{"baseUrl":"http://127.0.0.1:9/v1","apiKey":"__OPENCLAW_REDACTED__","headers":{"X-Key":"__OPENCLAW_REDACTED__"}}}}}""", view.Text("parsed"));
        Assert.Equal(("true", "true", view.Text("hash")), (view.Text("exists"), view.Text("valid"), again.Text("hash")));
        Assert.Equal("true", schema.Find("uiHints")!.Value.GetProperty("gateway.auth.token").Text("sensitive"));
        Assert.DoesNotContain(client.Heard, text => text.Contains(Secret, StringComparison.Ordinal) || text.Contains("sk-abc", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "A8")]
    public async Task The_log_is_readable_for_its_owner_alone()
    {
        using var home = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(home.Path) { Arguments = ["--verbose"] });
        await using var client = await gateway.OpenOpenClawAsync();
        client.Abort();
        await using var second = await gateway.OpenOpenClawAsync();
        await second.CallAsync("health");

        if (!OperatingSystem.IsWindows())
        {
            var folder = new DirectoryInfo(Path.Combine(gateway.StateDirectory, "logs"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, folder.UnixFileMode);
            Assert.All(folder.GetFiles(), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode));
        }
    }
}
