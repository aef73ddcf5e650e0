using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.EndToEnd;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>
/// Somebody who heard everything that honest devices said, and knows the gateway's secret, but not their keys. Nothing that he makes of it
/// gets him in as one of them.
/// </summary>
[Trait("Requirement", "A1")]
[Trait("Requirement", "A2")]
public sealed class HostileDeviceTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const int Attacks = 120;
    private static readonly string[] Read = ["operator.read"];

    private readonly GatewayProcess _gateway = fixture.Gateway;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Replayed_swapped_and_altered_logins_open_nothing(int seed)
    {
        var random = new Random(seed);
        var heard = new List<JsonObject>();
        for (var number = 0; number < 4; number++)
        {
            var (client, _) = await new TestDevice().ConnectAsync(_gateway, ("token", _gateway.Token), Read, connect => heard.Add(connect.DeepClone().AsObject()));
            await client.DisposeAsync();
        }

        for (var attack = 0; attack < Attacks; attack++)
        {
            await using var client = await _gateway.OpenSilentOpenClawAsync();
            var nonce = JsonElement.Parse(client.Heard[0]).Text("payload/nonce")!;
            var connect = Forge(random, heard, nonce);

            await client.SendAsync(OpenClawWire.Request("c", "connect", connect));
            var answer = await client.AnswerAsync("c");

            Assert.False(answer.GetProperty("ok").GetBoolean(), $"seed {seed}, attack {attack}: {connect}");
            Assert.Contains("DEVICE_AUTH_", answer.Text("error/details/code"), StringComparison.Ordinal);
            Assert.Equal(1008, (await client.ClosedAsync()).Code);
        }
    }

    [Fact]
    public async Task Of_many_devices_that_come_with_one_setup_code_at_once_exactly_one_gets_in()
    {
        await using var admin = await _gateway.OpenOpenClawAsync();
        var issued = await admin.CallAsync("device.pair.setupCode");
        var payload = JsonElement.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(issued.Text("payload/setupCode"))));
        var token = payload.Text("bootstrapToken")!;

        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            var device = new TestDevice { Client = TestClient.Phone };
            var (client, answer) = await device.ConnectAsync(_gateway, ("bootstrapToken", token), []);
            await client.DisposeAsync();
            return (device.Id, answer);
        }));
        var list = await admin.CallAsync("device.pair.list");

        var winner = Assert.Single(results, result => result.answer.GetProperty("ok").GetBoolean());
        Assert.Equal([winner.Id], list.List("payload/paired").Where(row => row.Text("approvedVia") == "setup-code").Select(row => row.Text("deviceId")));
    }

    private static JsonObject Forge(Random random, List<JsonObject> heard, string nonce)
    {
        var connect = heard[random.Next(heard.Count)].DeepClone().AsObject();
        var device = connect["device"]!.AsObject();
        switch (random.Next(6))
        {
            case 0: // as it was heard
                break;
            case 1: // for the new challenge, with the old signature
                device["nonce"] = nonce;
                break;
            case 2: // one device's signature for another
                device["nonce"] = nonce;
                device["signature"] = heard[random.Next(heard.Count)]["device"]!["signature"]!.DeepClone();
                break;
            case 3: // the old proof for more scopes
                connect["scopes"] = new JsonArray("operator.admin");
                break;
            case 4: // signed now by another key, in the name of the device
                new TestDevice().Sign(connect, nonce, "v3", TimeSpan.Zero);
                connect["device"]!["id"] = device["id"]!.DeepClone();
                break;
            default: // one bit of the signature
                var bytes = Base64Url.DecodeFromChars(device["signature"]!.GetValue<string>());
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                device["nonce"] = nonce;
                device["signature"] = Base64Url.EncodeToString(bytes);
                break;
        }

        return connect;
    }
}
