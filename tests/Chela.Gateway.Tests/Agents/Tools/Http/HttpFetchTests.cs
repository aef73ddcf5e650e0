using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools.Http;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Agents.Tools.Http;

/// <summary>The tool against a real server, which for these tests counts as one of the public internet where its name is not <c>inner.test</c>.</summary>
[Trait("Requirement", "G3")]
public sealed class HttpFetchTests : IAsyncLifetime
{
    private readonly WebApplication _server = CreateServer();
    private readonly List<string> _lookups = [];
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpToolConfig _settings = new();
    private HttpFetch? _fetch;
    private int _port;

    public async ValueTask InitializeAsync()
    {
        _server.Urls.Add("http://127.0.0.1:0");
        _server.MapMethods("/page", ["GET", "HEAD"], () => Results.Content("<title>T</title><script>no</script><p>words", "text/html; charset=utf-8"));
        _server.MapGet("/latin1", () => Results.Bytes([0xE4], "text/plain; charset=iso-8859-1"));
        _server.MapGet("/json", () => Results.Content("""{"a":1}""", "application/json"));
        _server.MapGet("/image", () => Results.Bytes([1, 2, 3], "image/png"));
        _server.MapGet("/zeros", () => Results.Bytes([65, 0, 66], "text/plain"));
        _server.MapGet("/missing", () => Results.Content("not here", "text/plain", statusCode: 404));
        _server.MapGet("/large", () => Results.Content(new string('x', FetchedPage.MaxBytes + 1), "text/plain"));
        _server.MapGet("/bomb", SendBombAsync);
        _server.MapGet("/hop/{left:int}", (int left) => left == 0 ? Results.Content("arrived", "text/plain") : Results.Redirect(Invariant($"/hop/{left - 1}")));
        _server.MapGet("/to", (string target) => Results.Redirect(target));
        _server.MapGet("/headers", (HttpRequest request) => string.Join('\n', request.Headers.Keys));
        _server.MapGet("/slow", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("begin");
            _asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        await _server.StartAsync(TestContext.Current.CancellationToken);
        _port = new Uri(_server.Urls.Single()).Port;
        _fetch = new HttpFetch(new GuardedConnect(LookUpAsync, MayReach), () => _settings);
    }

    [Fact]
    public async Task A_page_is_told_of_no_trace()
    {
        using var work = new Activity("work").Start();

        Assert.DoesNotContain("traceparent", await DoAsync("/headers"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_page_comes_as_its_words_and_other_text_as_it_is()
    {
        Assert.EndsWith("\n\nT\nwords", await DoAsync("/page"), StringComparison.Ordinal);
        Assert.EndsWith("\n\nä", await DoAsync("/latin1"), StringComparison.Ordinal);
        Assert.EndsWith("\n\n{\"a\":1}", await DoAsync("/json"), StringComparison.Ordinal);
        Assert.StartsWith($"http://outer.test:{_port}/json answered 200", await DoAsync("/json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_text_is_refused_and_a_failure_shows_its_text()
    {
        Assert.Contains("image/png, which is no text", await RefusedAsync("/image"), StringComparison.Ordinal);
        Assert.Contains("no text", await RefusedAsync("/zeros"), StringComparison.Ordinal);
        Assert.EndsWith("not here", await RefusedAsync("/missing"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_shows_the_headers()
    {
        var shown = await _fetch!.Tool.DoAsync(new JsonObject { ["url"] = Url("/page"), ["method"] = "HEAD" }, "/");

        Assert.Contains("Content-Type: text/html; charset=utf-8", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("words", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/large")]
    [InlineData("/bomb")]
    public async Task No_more_is_read_than_the_bound(string path)
    {
        var text = await DoAsync(path);

        Assert.EndsWith("bytes were read.]", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, FetchedPage.MaxBytes, FetchedPage.MaxBytes + 500);
    }

    [Fact]
    public async Task Redirects_are_followed_up_to_a_bound()
    {
        Assert.EndsWith("arrived", await DoAsync(Invariant($"/hop/{HttpFetch.MaxRedirects}")), StringComparison.Ordinal);
        Assert.Contains("more than 5 times", await RefusedAsync(Invariant($"/hop/{HttpFetch.MaxRedirects + 1}")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://inner.test:{0}/page")]
    [InlineData("http://127.0.0.2:{0}/page")]
    [InlineData("http://[::1]:{0}/page")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("//inner.test:{0}/page")]
    [InlineData("http://user:word@outer.test:{0}/page")]
    public async Task A_redirect_is_checked_like_the_first_address(string target)
    {
        var to = Uri.EscapeDataString(string.Format(CultureInfo.InvariantCulture, target, _port));

        await RefusedAsync($"/to?target={to}");
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/page")]
    [InlineData("http://127.1:{0}/page")]
    [InlineData("http://2130706433:{0}/page")]
    [InlineData("http://0x7f000001:{0}/page")]
    [InlineData("http://0x7f.0.0.1:{0}/page")]
    [InlineData("http://0177.0.0.1:{0}/page")]
    [InlineData("http://017700000001:{0}/page")]
    [InlineData("http://127.0.0.1.:{0}/page")]
    [InlineData("http://１２７.0.0.1:{0}/page")]
    [InlineData("http://0.0.0.0:{0}/page")]
    [InlineData("http://0:{0}/page")]
    [InlineData("http://[::]:{0}/page")]
    [InlineData("http://[::1]:{0}/page")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/page")]
    [InlineData("http://[::ffff:7f00:1]:{0}/page")]
    [InlineData("http://[64:ff9b::7f00:1]:{0}/page")]
    [InlineData("http://[fe80::1%25lo]:{0}/page")]
    [InlineData("http://localhost:{0}/page")]
    [InlineData("http://LOCALHOST.:{0}/page")]
    [InlineData("http://inner.test:{0}/page")]
    [InlineData("http://169.254.169.254/")]
    [InlineData("ftp://outer.test/")]
    [InlineData("gopher://outer.test/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("data:text/plain,a")]
    [InlineData("http://user@outer.test:{0}/page")]
    [InlineData("http://outer.test:{0}@inner.test:{0}/page")]
    [InlineData("/page")]
    [InlineData("http://")]
    public async Task What_is_not_public_is_not_reached(string url)
    {
        using var strict = new HttpFetch(new GuardedConnect(LookUpAsync, PublicAddress.Is), () => _settings);
        var address = string.Format(CultureInfo.InvariantCulture, url, _port);

        var result = await strict.Tool.CallAsync(new JsonObject { ["url"] = address }, "/");

        Assert.True(result.IsError, result.Text);
        Assert.DoesNotContain("answered", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_the_connection_goes_to_what_was_checked()
    {
        await DoAsync("/page", "once.test"); // a second lookup would find no address

        Assert.Equal(["once.test"], _lookups);
    }

    [Fact]
    public async Task One_private_address_among_others_refuses_the_name() =>
        Assert.Contains("not of the public internet", (await FetchAsync("/page", "mixed.test")).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("outer.test", true)]
    [InlineData("*.test", true)]
    [InlineData("OUTER.TEST", true)]
    [InlineData("*.outer.test", false)]
    [InlineData("uter.test", false)]
    [InlineData("other.test", false)]
    public async Task Only_allowed_hosts_are_asked(string allowed, bool can)
    {
        _settings = new HttpToolConfig { AllowedHosts = [allowed] };

        var result = await FetchAsync("/page", "outer.test");

        Assert.Equal(!can, result.IsError);
        Assert.Equal(can, _lookups.Count > 0);
    }

    [Fact]
    public async Task Cookies_and_credentials_are_not_sent() =>
        Assert.DoesNotMatch("Cookie|Authorization", await DoAsync("/headers"));

    [Fact]
    public async Task A_host_that_never_ends_is_left_when_the_time_is_over()
    {
        using var over = new CancellationTokenSource();
        var call = _fetch!.Tool.CallAsync(new JsonObject { ["url"] = Url("/slow") }, "/", over.Token);
        using var patience = Patience.Begin();
        await _asked.Task.WaitAsync(patience.Token);

        await over.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    public async ValueTask DisposeAsync()
    {
        _fetch?.Dispose();
        await _server.DisposeAsync();
    }

    private static WebApplication CreateServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        return builder.Build();
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static bool MayReach(IPAddress address) => address.Equals(IPAddress.Parse("127.0.0.1"));

    /// <summary>Packed it is small, unpacked it would fill the memory.</summary>
    private static async Task SendBombAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain";
        context.Response.Headers.ContentEncoding = "gzip";
        await using var packed = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
        var zeros = "0"u8.ToArray().SelectMany(zero => Enumerable.Repeat(zero, 1024 * 1024)).ToArray();
        for (var i = 0; i < 1_000 && !context.RequestAborted.IsCancellationRequested; i++)
        {
            await packed.WriteAsync(zeros, context.RequestAborted);
        }
    }

    private Task<IPAddress[]> LookUpAsync(string host, CancellationToken ct)
    {
        _lookups.Add(host);
        IPAddress[] found = host switch
        {
            "outer.test" => [IPAddress.Parse("127.0.0.1")],
            "once.test" when _lookups.Count == 1 => [IPAddress.Parse("127.0.0.1")],
            "mixed.test" => [IPAddress.Parse("127.0.0.1"), IPAddress.Parse("127.0.0.2")],
            "inner.test" => [IPAddress.Parse("127.0.0.2")],
            _ => [IPAddress.Loopback],
        };
        return Task.FromResult(found);
    }

    private string Url(string path, string host = "outer.test") => Invariant($"http://{host}:{_port}{path}");

    private Task<ToolResult> FetchAsync(string path, string host) => _fetch!.Tool.CallAsync(new JsonObject { ["url"] = Url(path, host) }, "/");

    private Task<string> DoAsync(string path, string host = "outer.test") => _fetch!.Tool.DoAsync(new JsonObject { ["url"] = Url(path, host) }, "/");

    private Task<string> RefusedAsync(string path) => _fetch!.Tool.RefusedAsync(new JsonObject { ["url"] = Url(path) }, "/");
}
