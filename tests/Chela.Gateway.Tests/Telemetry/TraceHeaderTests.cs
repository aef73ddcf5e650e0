using System.Diagnostics;
using System.Text;
using Chela.Gateway.Agents.Mcp;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Telemetry;

[Trait("Requirement", "O2")]
public sealed class TraceHeaderTests
{
    [Theory]
    [InlineData("mcp")]
    [InlineData("provider")]
    public async Task Servers_of_tools_and_providers_are_told_which_span_a_request_is_for_and_nothing_else(string kind)
    {
        await using var server = await FakeOpenAi.StartAsync(TestContext.Current.CancellationToken);
        using var client = kind == "mcp" ? McpHttp.CreateClient(TimeProvider.System) : ProviderHttp.CreateClient();
        using var work = new Activity("work").AddBaggage("name", "anna").Start();
        work.TraceStateString = "a=b";

        await PostAsync(client, server);
        work.Stop();
        await PostAsync(client, server);

        Assert.Equal(work.Id, server.Requests[0].Headers["traceparent"]);
        string[] others = ["tracestate", "baggage", "Correlation-Context"];
        Assert.All(others, name => Assert.False(server.Requests[0].Headers.ContainsKey(name)));
        Assert.False(server.Requests[1].Headers.ContainsKey("traceparent"));
    }

    private static async Task PostAsync(HttpClient client, FakeOpenAi server)
    {
        using var body = new StringContent("""{"model":"m","messages":[]}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(server.BaseUrl + "/chat/completions"), body, TestContext.Current.CancellationToken);
    }
}
