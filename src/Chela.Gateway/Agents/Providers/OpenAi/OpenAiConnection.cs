using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>
/// One server with its credential, shared by the clients of all its models. Requests and answers go through the SDK's
/// pipeline: its typed methods give up on values they do not know and do not tell a complete stream from a cut one.
/// </summary>
internal sealed class OpenAiConnection
{
    /// <summary>How long a server may be silent: before the first byte (a local model may be loading) and between two.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(5);

    /// <summary>As much of an error body as is read.</summary>
    private const int LongestErrorBody = 64 * 1024;

    private readonly ProviderSettings _settings;
    private readonly ClientPipeline _pipeline;
    private readonly TimeProvider _clock;

    /// <summary>Sets up the connection; nothing is sent.</summary>
    /// <param name="settings">The server and its credential.</param>
    /// <param name="http">The pooled client, owned by the caller.</param>
    /// <param name="clock">Today, for a <c>Retry-After</c> that is a date.</param>
    /// <param name="silence">How long the server may be silent; <see cref="LongestSilence"/> if absent.</param>
    public OpenAiConnection(ProviderSettings settings, HttpClient http, TimeProvider clock, TimeSpan? silence = null)
    {
        (_settings, _clock) = (settings, clock);
        LimitsCompletionTokens = ProviderEndpoint.LimitsCompletionTokens(settings.Endpoint);
        Errors = settings.Errors;
        var options = new OpenAIClientOptions
        {
            Endpoint = settings.Endpoint,
            Transport = new HttpClientPipelineTransport(http),
            NetworkTimeout = silence ?? LongestSilence,
            UserAgentApplicationId = "chela",

            // Whether to try again, and with which model, is decided by the run.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            ClientLoggingOptions = new ClientLoggingOptions { EnableLogging = false },
        };

        // The SDK wants a key; servers without keys ignore the header.
        _pipeline = new OpenAIClient(new ApiKeyCredential(settings.ApiKey ?? "no-key"), options).Pipeline;
    }

    /// <summary>Name of the provider.</summary>
    public string Name => _settings.Name;

    public Uri Endpoint => _settings.Endpoint;

    public bool LimitsCompletionTokens { get; }

    public ProviderErrors Errors { get; }

    /// <summary>Sends a request and returns once the headers of a successful answer are there; its body is still on the way.</summary>
    /// <param name="path">Where to, below the server's address.</param>
    /// <param name="body">JSON.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ProviderException">The server could not be reached or refused.</exception>
    public async Task<PipelineResponse> SendAsync(string path, byte[] body, CancellationToken ct)
    {
        var response = await GuardAsync(() => PostAsync(path, body, ct), ct);
        if (response.Status is >= 200 and < 300)
        {
            return response;
        }

        using (response)
        {
            throw await GuardAsync(() => ReadErrorAsync(response, ct), ct);
        }
    }

    /// <summary>Runs a step on the network and reports its failure as the provider's; a cancelled caller sees its cancellation.</summary>
    public async Task<T> GuardAsync<T>(Func<Task<T>> step, CancellationToken ct)
    {
        try
        {
            return await step();
        }
        catch (OperationCanceledException silence) when (!ct.IsCancellationRequested)
        {
            throw Errors.Failed(ProviderErrorKind.Timeout, silence);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or ClientResultException)
        {
            ct.ThrowIfCancellationRequested();
            throw Errors.Failed(ProviderErrorKind.Network, failure);
        }
        catch (InvalidDataException failure)
        {
            throw Errors.Failed(ProviderErrorKind.Malformed, failure);
        }
    }

    /// <summary>Reads a body up to a limit; what lies behind it is not read.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(PipelineResponse response, int limit, CancellationToken ct)
    {
        if (response.ContentStream is not { } stream)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        var body = new MemoryStream();
        var buffer = new byte[8 * 1024];
        int read;
        do
        {
            var room = (int)Math.Min(buffer.Length, limit - body.Length);
            read = await stream.ReadAsync(buffer.AsMemory(0, room), ct);
            body.Write(buffer, 0, read);
        }
        while (read > 0 && body.Length < limit);

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private async Task<PipelineResponse> PostAsync(string path, byte[] body, CancellationToken ct)
    {
        using var content = BinaryContent.Create(BinaryData.FromBytes(body));
        var options = new RequestOptions { CancellationToken = ct, BufferResponse = false };
        options.SetHeader("Accept", "application/json, text/event-stream");
        options.SetHeader("Content-Type", "application/json");
        foreach (var (name, value) in _settings.Headers)
        {
            options.SetHeader(name, value);
        }

        using var message = _pipeline.CreateMessage();
        message.Request.Method = HttpMethod.Post.Method;
        message.Request.Uri = new Uri($"{Endpoint.ToString().TrimEnd('/')}/{path}");
        message.Request.Content = content;
        message.Apply(options);
        await _pipeline.SendAsync(message);
        return message.ExtractResponse()!; // there is one, else it would have thrown
    }

    private async Task<ProviderException> ReadErrorAsync(PipelineResponse response, CancellationToken ct)
    {
        var body = ProviderErrorBody.Parse(await ReadAsync(response, LongestErrorBody, ct));
        response.Headers.TryGetValue("retry-after-ms", out var milliseconds);
        response.Headers.TryGetValue("Retry-After", out var secondsOrDate);
        return Errors.Answered(response.Status, body, RetryAfter.Read(milliseconds, secondsOrDate, _clock.GetUtcNow()));
    }
}
