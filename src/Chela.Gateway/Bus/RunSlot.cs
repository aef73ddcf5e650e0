namespace Chela.Gateway.Bus;

/// <summary>
/// The place of a run among those that go on at once. A run gives it back while it waits for something else than a model, and takes one
/// anew before it asks one. Not for several threads.
/// </summary>
internal sealed class RunSlot(RunPlaces places)
{
    private bool _isHeld;

    /// <summary>Waits for a place, unless it has one. A turn that is stopped first goes on without: it asks no model.</summary>
    public async Task TakeAsync(CancellationToken aborted)
    {
        if (_isHeld)
        {
            return;
        }

        try
        {
            await places.TakeAsync(aborted);
            _isHeld = true;
        }
        catch (OperationCanceledException)
        {
            // As said above.
        }
    }

    /// <summary>Gives the place back, if it has one.</summary>
    public void Release()
    {
        if (_isHeld)
        {
            _isHeld = false;
            places.Release();
        }
    }
}
