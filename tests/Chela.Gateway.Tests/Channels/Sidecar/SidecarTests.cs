using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Hosting.Security;
using Chela.Gateway.Tests.Cli;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Sidecar;

/// <summary>The real executable speaks with people through programs in any language.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C2")]
[Trait("Requirement", "K4")]
public sealed class SidecarTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task A_message_is_answered_once_and_the_sidecar_hears_when_it_is_on_disk_and_goes_on_after_a_kill()
    {
        var sidecar = Sidecar("one");
        var answers = """{ "initialize": { "result": { "maxChars": 100, "typing": true, "reactions": true, "maxFileBytes": 10 } }, "send": { "result": { "messageId": "p" } } }""";
        var start = TrialSidecar.StartIn(_folder, ("one", sidecar.Account(answers, """{ "allowFrom": ["anna"], "ackReaction": "👀", "replyToMode": "first" }""")));
        sidecar.Connect();
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            var first = sidecar.Bring("hello there");
            Assert.Equal("true", (await sidecar.AnswerAsync(first)).Text("result/accepted"));
            await sidecar.AnswerAsync(sidecar.Bring("hello there", id: first));
            Assert.Equal("false", (await sidecar.AnswerAsync(sidecar.Bring("who am I", more: """{ "sender": "bert", "chat": "bert" }"""))).Text("result/accepted"));
            await sidecar.WhenAsync(one => Sent(one, "anna").Count == 1 && Sent(one, "bert").Count >= 3 && one.Calls("react").Count >= 1, "both were answered");

            var answer = Sent(sidecar, "anna")[0];
            Assert.Equal(("hello there", "direct", first, $"sidecar:one:anna:{first}#1"), (answer.Text("text"), answer.Text("to/kind"), answer.Text("messageId"), answer.Text("key")));
            Assert.Contains("chela pairing approve sidecar", string.Concat(Sent(sidecar, "bert").Select(sent => sent.Text("text"))), StringComparison.Ordinal);
            gateway.Kill();
        }

        File.Delete(Path.Combine(_folder.Path, "one", "say"));
        sidecar.Connect();
        await using var again = await GatewayProcess.StartAsync(start);
        sidecar.Bring($"{new string('a', 80)} {new string('b', 80)}");
        await sidecar.WhenAsync(one => Sent(one, "anna").Count > 2, "the long one is answered in pieces");
        await using var client = await again.OpenOpenClawAsync();
        Assert.Equal("healthy", (await client.CallAsync("channels.status")).Text("payload/channelAccounts/sidecar/0/healthState"));
        Assert.Equal(2, sidecar.Calls("initialize").Count);
        Assert.Equal(Path.Combine(again.StateDirectory, "sidecars", "one"), sidecar.Calls("initialize")[0].Text("folder"));
        var folder = new PrivatePlace(Path.Combine(again.StateDirectory, "sidecars", "one"), PlaceKind.Other);
        Assert.True(Directory.Exists(folder.Path) && folder.ForOthers == UnixFileMode.None);
    }

    [Fact]
    [Trait("Requirement", "C3")]
    [Trait("Requirement", "K9")]
    public async Task Sidecars_that_flood_or_hang_or_crash_or_lie_disturb_no_other_and_end_with_the_gateway()
    {
        var (good, mute, flood, liar, refused) = (Sidecar("good"), Sidecar("mute"), Sidecar("flood"), Sidecar("liar"), Sidecar("refused"));
        var missing = Sidecar("missing").Account();
        missing["command"] = "/no/such/program";
        var start = TrialSidecar.StartIn(
            _folder,
            ("good", good.Account()), ("mute", mute.Account("""{ "initialize": "none" }""")), ("flood", flood.Account()), ("liar", liar.Account()), ("refused", refused.Account()), ("missing", missing));
        flood.Print(string.Concat(Enumerable.Repeat("not a message\n", 200)) + new string('x', 9 * 1024 * 1024));
        refused.Print("""{"jsonrpc":"2.0","method":"refused","params":{"reason":"The account was closed."}}""");
        good.Connect();
        int process;
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            Assert.Equal("-32602", (await liar.AnswerAsync(liar.Bring("x", more: """{ "chat": "a\u0000b" }"""))).Text("error/code"));
            Assert.Equal("-32602", (await liar.AnswerAsync(liar.Bring("", more: """{ "files": "none" }"""))).Text("error/code"));
            liar.Print("""{"jsonrpc":"2.0","id":"no","method":"nothing"}""");
            Assert.Equal("-32601", (await liar.AnswerAsync("no")).Text("error/code"));
            good.Bring("still here");
            await good.WhenAsync(one => one.Calls("send").Any(sent => sent.Text("text") == "still here"), "the good one is answered");
            await using var client = await gateway.OpenOpenClawAsync();
            await Patience.UntilAsync(async _ => (await StateAsync(client, "refused")).Text("lastError") == "The account was closed.", "the refused one stays stopped");
            await Patience.UntilAsync(async _ => (await StateAsync(client, "flood")).Text("lastError")?.StartsWith("The connection failed: ", StringComparison.Ordinal) is true, "the flood is cut off");
            await Patience.UntilAsync(async _ => (await StateAsync(client, "missing")).Text("lastError")?.Contains("/no/such/program could not be started", StringComparison.Ordinal) is true, "the missing one is told");
            process = int.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.Path, "mute", "pid"), Ct), provider: null);
        }

        await Patience.UntilAsync(_ => Task.FromResult(!Process.GetProcesses().Any(one => one.Id == process)), "the sidecar has ended");
    }

    [Fact]
    [Trait("Requirement", "H1")]
    public async Task Somebody_logs_in_by_a_code_and_out_again()
    {
        var sidecar = Sidecar("phone");
        var start = TrialSidecar.StartIn(_folder, ("phone", sidecar.Account("""{ "initialize": { "result": { "login": true } } }""")));
        sidecar.Print("""{"jsonrpc":"2.0","method":"login","params":{"code":"first-code"}}""");
        await using var gateway = await GatewayProcess.StartAsync(start);
        await using var client = await gateway.OpenOpenClawAsync();

        var shown = await client.CallAsync("web.login.start", Json("""{"channel":"sidecar","accountId":"phone"}"""));
        Assert.Equal(("false", "first-code"), (shown.Text("payload/connected"), shown.Text("payload/code")));
        Assert.StartsWith("data:image/png;base64,iVBOR", shown.Text("payload/qrDataUrl"), StringComparison.Ordinal);
        var waiting = client.CallAsync("web.login.wait", new JsonObject { ["accountId"] = "phone", ["currentQrDataUrl"] = shown.Text("payload/qrDataUrl") });
        sidecar.Print("""{"jsonrpc":"2.0","method":"login","params":{"code":"second-code"}}""");
        Assert.Equal("second-code", (await waiting).Text("payload/code"));
        sidecar.Connect();
        var login = await ChelaProcess.RunAsync(["channels", "login", "sidecar", "--account", "phone", "--state-dir", gateway.StateDirectory]);
        Assert.EndsWith("sidecar/phone is logged in.\n", login.Output, StringComparison.Ordinal);
        Assert.Contains("sidecar/phone", (await ChelaProcess.RunAsync(["channels", "status", "--probe", "--state-dir", gateway.StateDirectory])).Output, StringComparison.Ordinal);

        Assert.Equal((0, "sidecar/phone is stopped.\n"), await ChannelsAsync(gateway, "stop", "sidecar", "--account", "phone"));
        Assert.Equal("not-running", (await StateAsync(client, "phone")).Text("healthState"));
        Assert.Equal((0, "sidecar/phone is started anew.\n"), await ChannelsAsync(gateway, "restart", "--all"));
        Assert.Equal(64, (await ChannelsAsync(gateway, "start")).ExitCode);
        sidecar.Connect();
        await Patience.UntilAsync(async _ => (await StateAsync(client, "phone")).Text("connected") == "true", "the account is connected again");

        var logout = await ChelaProcess.RunAsync(["channels", "logout", "sidecar", "--account", "phone", "--state-dir", gateway.StateDirectory]);

        Assert.Equal((0, "sidecar/phone is logged out, and stopped.\n"), (logout.ExitCode, logout.Output));
        Assert.Single(sidecar.Calls("logout"));
        Assert.Equal("not-running", (await StateAsync(client, "phone")).Text("healthState"));
        Assert.Contains("nobody logs in to telegram", (await client.CallAsync("channels.logout", Json("""{"channel":"telegram"}"""))).Text("error/message"), StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> ChannelsAsync(GatewayProcess gateway, params string[] arguments)
    {
        var run = await ChelaProcess.RunAsync(["channels", .. arguments, "--state-dir", gateway.StateDirectory]);
        return (run.ExitCode, run.Output);
    }

    private static IReadOnlyList<JsonElement> Sent(TrialSidecar sidecar, string chat) =>
        [.. sidecar.Calls("send").Where(sent => sent.Text("to/chat") == chat)];

    private TrialSidecar Sidecar(string name) => new(Path.Combine(_folder.Path, name));

    private static async Task<JsonElement> StateAsync(WireClient client, string account) =>
        (await client.CallAsync("channels.status")).List("payload/channelAccounts/sidecar").Single(row => row.Text("accountId") == account);

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
