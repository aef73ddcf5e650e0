using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Rpc;

/// <summary>Tests of the parts of one gateway, on real files, with a clock that stands still until it is told.</summary>
/// <param name="config">The configuration, as JSON; null for the defaults.</param>
public abstract class GatewayPartsTest(string? config = null) : IAsyncLifetime
{
    private GatewayParts? _parts;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected TempFolder Folder { get; } = new();

    private protected ManualTimeProvider Clock { get; } = new();

    private protected GatewayParts Parts => _parts!; // made before the first test

    public async ValueTask InitializeAsync() => _parts = await GatewayParts.StartAsync(Folder, Clock, config);

    /// <summary>Ends the gateway, and starts another one on the same files.</summary>
    private protected async Task RestartAsync()
    {
        await Parts.DisposeAsync();
        await InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Parts.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
