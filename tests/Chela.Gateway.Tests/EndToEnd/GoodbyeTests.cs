using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>A connection that the gateway has ended is over, also when its client talks on.</summary>
[Trait("Requirement", "A1")]
[Trait("Requirement", "W8")]
public sealed class GoodbyeTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private static readonly string[] Admin = ["operator.admin"];

    private GatewayProcess Gateway => fixture.Gateway;

    [Fact]
    public async Task A_device_that_lost_its_token_and_does_not_answer_the_goodbye_can_call_nothing_more()
    {
        var device = new TestDevice();
        var (client, _) = await device.ConnectAsync(Gateway, ("token", Gateway.Token), Admin);
        await using var __ = client;
        await using var other = await Gateway.OpenOpenClawAsync();

        await other.CallAsync("device.token.revoke", new JsonObject { ["deviceId"] = device.Id, ["role"] = "operator" });
        await client.SendAsync(OpenClawWire.Request("late", "chat.send", OpenClawWire.ChatParams("late", "late", "Too late")));
        await Patience.UntilAsync(
            async _ => (await other.CallAsync("status")).Text("payload/connections") == "1", "the gateway has dropped the connection");

        Assert.Equal(4001, (await client.ClosedAsync()).Code);
        Assert.Empty((await other.CallAsync("sessions.list")).List("payload/sessions"));
    }
}
