using Chela.Gateway.Bus;

namespace Chela.Gateway.Tests.Bus;

/// <summary>How many runs go on at once, and what becomes of them when that changes.</summary>
[Trait("Requirement", "B1")]
[Trait("Requirement", "K3")]
public sealed class RunPlacesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task More_places_are_had_at_once_by_those_that_wait_the_first_first()
    {
        using var places = new RunPlaces(1);
        Task[] taken = [.. Enumerable.Range(0, 4).Select(_ => places.TakeAsync(Ct))];

        places.Resize(3);
        await Task.WhenAll(taken[..3]).WaitAsync(Ct);

        Assert.False(taken[3].IsCompleted);
        places.Release();
        await taken[3].WaitAsync(Ct);
    }

    [Fact]
    public async Task Who_has_a_place_that_is_too_many_keeps_it_and_nobody_gets_it_then()
    {
        using var places = new RunPlaces(3);
        for (var n = 0; n < 3; n++)
        {
            await places.TakeAsync(Ct);
        }

        places.Resize(1);
        places.Release();
        places.Release();
        var next = places.TakeAsync(Ct);
        var isEarly = next.IsCompleted;
        places.Release();
        await next.WaitAsync(Ct);

        Assert.False(isEarly);
    }

    [Fact]
    public async Task Free_places_go_at_once_and_places_that_are_owed_are_counted_when_there_are_more_again()
    {
        using var places = new RunPlaces(4);
        await places.TakeAsync(Ct);
        await places.TakeAsync(Ct);

        places.Resize(1); // two were free, one of those that are taken is too many
        places.Resize(2);
        var next = places.TakeAsync(Ct);
        var isEarly = next.IsCompleted;
        places.Release();
        await next.WaitAsync(Ct);

        Assert.False(isEarly);
    }

    [Fact]
    public async Task However_often_it_changes_while_runs_come_and_go_there_are_as_many_as_it_said_last()
    {
        using var places = new RunPlaces(2);
        using var isOver = new CancellationTokenSource();
        var runs = Enumerable.Range(0, 20).Select(_ => Task.Run(RunOnAsync, Ct)).ToList();
        for (var n = 0; n < 2000; n++)
        {
            places.Resize(1 + (n % 7));
        }

        places.Resize(3);
        await isOver.CancelAsync();
        await Task.WhenAll(runs).WaitAsync(Ct);
        Task[] taken = [.. Enumerable.Range(0, 4).Select(_ => places.TakeAsync(Ct))];

        Assert.Equal([true, true, true, false], taken.Select(one => one.IsCompletedSuccessfully));

        async Task RunOnAsync()
        {
            while (!isOver.IsCancellationRequested)
            {
                await places.TakeAsync(Ct);
                await Task.Yield();
                places.Release();
            }
        }
    }
}
