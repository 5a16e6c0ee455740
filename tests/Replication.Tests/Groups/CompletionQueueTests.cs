using Replication.Groups.Shell;
using Replication.Primitives;

namespace Replication.Tests.Groups;

/// <summary>Where the code after a call runs.</summary>
public class CompletionQueueTests
{
    private static readonly ProposalCompletion Committed = new() { Outcome = WriteOutcome.Committed };
    private readonly CompletionQueue _queue = new();
    private readonly ObjectPool<PooledProposal> _pool;

    public CompletionQueueTests()
    {
        _pool = new ObjectPool<PooledProposal>(pool => new PooledProposal(pool, _queue), 8);
    }

    [Fact]
    public async Task A_lone_call_may_go_on_within_the_step_that_ended_it()
    {
        Call call = Begin();
        call.Proposal.Complete(Committed);
        _queue.Send(runsLone: true);
        Assert.True(call.Continued.Task.IsCompletedSuccessfully);
        Assert.Equal(Environment.CurrentManagedThreadId, call.Thread);
        Assert.Equal(WriteOutcome.Committed, await call.Continued.Task);
    }

    [Fact]
    public async Task Without_that_promise_no_call_goes_on_within_the_step()
    {
        Call call = Begin();
        call.Proposal.Complete(Committed);
        int self = OnThreadOfItsOwn(() => _queue.Send());
        await call.Continued.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.NotEqual(self, call.Thread);
    }

    [Fact]
    public async Task Calls_that_end_together_go_on_elsewhere()
    {
        Call[] calls = [Begin(), Begin()];
        foreach (Call call in calls)
        {
            call.Proposal.Complete(Committed);
        }

        int self = OnThreadOfItsOwn(() => _queue.Send(runsLone: true));
        foreach (Call call in calls)
        {
            await call.Continued.Task.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.NotEqual(self, call.Thread);
        }
    }

    [Fact]
    public async Task A_call_that_blocks_where_it_goes_on_holds_no_other_up()
    {
        using ManualResetEventSlim goOn = new();
        Call first = Begin();
        Call second = Begin();
        first.Going = goOn.Wait;
        first.Proposal.Complete(Committed);
        second.Proposal.Complete(Committed);
        _queue.Send();
        try
        {
            await second.Continued.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
        finally
        {
            goOn.Set();
        }

        await first.Continued.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_proposal_used_again_has_forgotten_where_it_went_on()
    {
        Call first = Begin();
        first.Proposal.Complete(Committed);
        _queue.Send(runsLone: true);

        using CancellationTokenSource cancelled = new();
        Call second = Begin(cancelled.Token);
        Assert.Same(first.Proposal, second.Proposal);
        int self = OnThreadOfItsOwn(cancelled.Cancel);
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => second.Continued.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.NotEqual(self, second.Thread);
    }

    // A pool thread could be the one that the continuation takes by chance.
    private static int OnThreadOfItsOwn(Action action)
    {
        Thread thread = new(() => action());
        thread.Start();
        thread.Join();
        return thread.ManagedThreadId;
    }

    private Call Begin(CancellationToken cancellationToken = default)
    {
        PooledProposal proposal = _pool.Rent();
        Call call = new(proposal);
        call.Await(proposal.Begin(null!, default, cancellationToken));
        return call;
    }

    private sealed class Call(PooledProposal proposal)
    {
        public PooledProposal Proposal { get; } = proposal;

        public TaskCompletionSource<WriteOutcome> Continued { get; } = new();

        public int Thread { get; private set; }

        /// <summary>Gets or sets what the caller does first when it goes on.</summary>
        public Action Going { get; set; } = () => { };

        public void Await(ValueTask<ProposalCompletion> task)
        {
            var awaiter = task.ConfigureAwait(false).GetAwaiter();
            awaiter.UnsafeOnCompleted(() =>
            {
                Thread = Environment.CurrentManagedThreadId;
                Going();
                try
                {
                    Continued.SetResult(awaiter.GetResult().Outcome);
                }
                catch (OperationCanceledException e)
                {
                    Continued.SetException(e);
                }
            });
        }
    }
}
