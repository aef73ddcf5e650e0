using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Interop;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Feishu;

/// <summary>What the gateway is tried against is Feishu as Feishu's own SDK knows it.</summary>
[Trait("Requirement", "C1")]
public sealed class FakeFeishuTests(ITestOutputHelper output)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Feishus_own_sdk_takes_the_fake_for_feishu()
    {
        await NodeProgram.InstallAsync(output);
        await using var feishu = await FakeFeishu.StartAsync();

        var app = NodeProgram.RunAsync(
            "feishu-app.mjs", output, ("FEISHU_ROOT", feishu.Root), ("FEISHU_APP_ID", FakeFeishu.AppId), ("FEISHU_APP_SECRET", FakeFeishu.Secret),
            ("FEISHU_ENCRYPT_KEY", FakeFeishu.EncryptKey), ("FEISHU_VERIFICATION_TOKEN", FakeFeishu.VerificationToken));
        var address = new Uri((await feishu.SaidAsync("http://")).Text);
        feishu.Line.FrameBytes = 100; // so that it comes in parts
        await ConnectedAsync(feishu, 1);
        feishu.Say("hello");
        await feishu.SaidAsync("I heard hello");
        await feishu.WhenAsync(fake => fake.Line.Waiting == 0);
        feishu.Line.Cut();
        await ConnectedAsync(feishu, 2);
        feishu.Say("and again");
        await feishu.SaidAsync("I heard and again");
        var question = new JsonObject { ["type"] = "url_verification", ["challenge"] = "is somebody there", ["token"] = FakeFeishu.VerificationToken };
        var goodbye = feishu.Message("p2p", "oc_home", "ou_anna", "text", new JsonObject { ["text"] = "goodbye" });

        Assert.Equal("is somebody there", (await PostAsync(address, question, isSigned: false)).Text("challenge"));
        Assert.Equal("goodbye", (await PostAsync(address, goodbye, isSigned: true)).Text("said"));
        var ended = await app;

        Assert.True(ended.ExitCode == 0, ended.Output);
        Assert.Equal(["", address.ToString(), "I heard hello", "I heard and again", "I heard goodbye"], feishu.Sent.Select(call => call.Text));
        Assert.Equal(["I have heard hello", "I have heard and again", "I have heard goodbye"], feishu.Calls.Where(call => call.Method == "PUT").Select(call => call.Text));
        Assert.Equal(3, feishu.Calls.Count(call => call.Path.EndsWith("/reactions", StringComparison.Ordinal)));
        Assert.Equal("Hello.", feishu.Calls.Single(call => call.Path.EndsWith("/im/v1/files", StringComparison.Ordinal)).Body.Text("file"));
    }

    /// <summary>The SDK begins to listen when it pings; what comes before that it loses.</summary>
    private static Task ConnectedAsync(FakeFeishu feishu, int times) => feishu.WhenAsync(fake => fake.Calls.Count(call => call.Method == "PING") == times);

    private static async Task<JsonElement> PostAsync(Uri address, JsonObject json, bool isSigned)
    {
        using var http = new HttpClient();
        using var request = FakeFeishuPost.Of(address, json.ToJsonString(), isSigned: isSigned);
        using var answer = await http.SendAsync(request, Ct);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(Ct));
    }
}
