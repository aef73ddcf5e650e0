using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Chela.Load;

/// <summary>Asks a model by chat completions, as the gateway does.</summary>
internal sealed class ModelConnection(LoadPlan plan) : IModelConnection
{
    private static readonly byte[] Question = Encoding.ASCII.GetBytes(
        """{"model":"instant","messages":[{"role":"user","content":"Hello there"}],"stream":true,"stream_options":{"include_usage":true}}""");

    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false, AllowAutoRedirect = false });

    public Task OpenAsync() => Task.CompletedTask;

    public async Task<Answer> AskAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, plan.Target) { Content = new ByteArrayContent(Question) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var asked = Stopwatch.GetTimestamp();
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        var (first, tokens) = (0L, 0);
        while (await lines.ReadLineAsync() is { } line && line != "data: [DONE]")
        {
            if (line.Contains("\"content\":\"", StringComparison.Ordinal) && !line.Contains("\"content\":\"\"", StringComparison.Ordinal))
            {
                first = first == 0 ? Stopwatch.GetTimestamp() : first;
                tokens++;
            }
        }

        var ended = Stopwatch.GetTimestamp();
        await lines.ReadToEndAsync(); // so that the connection can be used again
        return new Answer(asked, first, ended, tokens);
    }

    public void Dispose() => _client.Dispose();
}
