using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>One gateway that all tests of a class talk to.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    internal GatewayProcess Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path));

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        _folder.Dispose();
    }
}
