using System.Text.Json;
using Chela.Gateway.Tests.Client;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Cli;

[Trait("Requirement", "O1")]
public sealed class AuditCommandTests
{
    [Fact]
    public async Task Deeds_are_shown_a_line_each_the_latest_last()
    {
        JsonElement asked = default;
        await using var gateway = await ScriptedGateway.StartAsync(async connection =>
        {
            var request = await connection.ReceiveAsync();
            asked = request.Params;
            await connection.AnswerAsync(request, """
                {"entries":[
                {"sequence":2,"atMs":1795262401000,"action":"sessions.delete","outcome":"done","user":"anna","facts":{"key":"main"}},
                {"sequence":1,"atMs":1795262400000,"action":"gateway.started","outcome":"done"}]}
                """.ReplaceLineEndings(""));
        });

        var shown = await ChelaProcess.RunAsync(["audit", "--action", "sessions", "--actor", "anna", "--since", "1h", "--limit", "7", "--url", gateway.Url.AbsoluteUri]);

        Assert.Equal("2026-11-21 12:00:00Z done      gateway.started by the gateway\n2026-11-21 12:00:01Z done      sessions.delete by anna key=main\n", shown.Output);
        Assert.Equal(("sessions", "anna", "7"), (asked.Text("action"), asked.Text("actor"), asked.Text("limit")));
        Assert.True(asked.TryGetProperty("after", out _));
    }
}
