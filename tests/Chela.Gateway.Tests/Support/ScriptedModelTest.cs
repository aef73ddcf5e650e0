namespace Chela.Gateway.Tests.Support;

/// <summary>Tests that have a folder for a gateway's state, and a model that says what it is told to.</summary>
public abstract class ScriptedModelTest : IAsyncLifetime
{
    private FakeOpenAi? _model;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected TempFolder Folder { get; } = new();

    private protected FakeOpenAi Model => _model!; // made before the first test

    public async ValueTask InitializeAsync() => _model = await FakeOpenAi.StartAsync(Ct);

    public virtual async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
