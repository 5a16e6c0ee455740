using System.Threading.Tasks.Sources;
using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Groups.Shell;

/// <summary>A client's proposal: inbox item, entry payload and awaitable in one object, used again when both sides
/// are done with it.</summary>
/// <remarks>
/// The phase says who may end it. Waiting: the token may withdraw it without a trace. Taken: the group has it, a
/// cancelled call
/// ends as Indeterminate. Ended: whoever moved it there sets the result. The group's and the caller's use are counted
/// apart.
/// </remarks>
internal sealed class PooledProposal : Proposal, IValueTaskSource<ProposalCompletion>
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Ended = 2;
    private static readonly Action<object?, CancellationToken> OnCancelled = static (state, token) =>
        ((PooledProposal)state!).Cancel(token);
    private readonly ObjectPool<PooledProposal> _pool;
    private readonly CompletionQueue _completions;
    private ManualResetValueTaskSourceCore<ProposalCompletion> _source;
    private CancellationTokenRegistration _cancellation;
    private ProposalCompletion _completion;
    private Exception? _error;
    private int _phase;
    private int _users;

    public PooledProposal(ObjectPool<PooledProposal> pool, CompletionQueue completions)
    {
        _pool = pool;
        _completions = completions;
    }

    /// <summary>Begins a call: fills the object and arms the token.</summary>
    /// <param name="group">The group.</param>
    /// <param name="payload">The entry's payload.</param>
    /// <param name="cancellationToken">The call's token.</param>
    /// <returns>What the caller awaits.</returns>
    public ValueTask<ProposalCompletion> Begin(ReplicaGroup group, ReadOnlyMemory<byte> payload,
        CancellationToken cancellationToken)
    {
        Group = group;
        Payload = payload;
        _users = 2;
        _source.RunContinuationsAsynchronously = true;
        _phase = Waiting;
        ValueTask<ProposalCompletion> task = new(this, _source.Version);
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(OnCancelled, this);
        }

        return task;
    }

    public override bool TryTake()
    {
        // Taken stays taken: a proposal that another node refused is taken a second time.
        int phase = Interlocked.CompareExchange(ref _phase, Taken, Waiting);
        if (phase != Ended)
        {
            return true;
        }

        Release();
        return false;
    }

    public override void Complete(in ProposalCompletion completion)
    {
        if (Interlocked.Exchange(ref _phase, Ended) != Ended)
        {
            _completion = completion;
            _completions.Add(this);
        }
        else
        {
            Release();
        }
    }

    public override void Expire(LogId id)
    {
        if (Interlocked.Exchange(ref _phase, Ended) != Ended)
        {
            _source.SetResult(new ProposalCompletion { Outcome = WriteOutcome.Indeterminate, Id = id });
        }
    }

    public override void Refuse(Exception error)
    {
        if (Interlocked.Exchange(ref _phase, Ended) != Ended)
        {
            _error = HostErrors.For(error);
            _completions.Add(this);
        }
        else
        {
            Release();
        }
    }

    /// <summary>Hands the result over; runs within the queue's batch.</summary>
    /// <param name="runsAtOnce">Whether the caller's continuation runs here; a work item of its own otherwise.</param>
    public void Publish(bool runsAtOnce)
    {
        _source.RunContinuationsAsynchronously = !runsAtOnce;
        if (_error is null)
        {
            _source.SetResult(_completion);
        }
        else
        {
            _source.SetException(_error);
        }

        Release();
    }

    public ProposalCompletion GetResult(short token)
    {
        _cancellation.Dispose();
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            Release();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token,
        ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken token)
    {
        int phase = Interlocked.Exchange(ref _phase, Ended);
        if (phase == Waiting)
        {
            _source.SetException(new OperationCanceledException("The write was withdrawn before it entered any log.",
                token));
        }
        else if (phase == Taken)
        {
            _source.SetResult(new ProposalCompletion { Outcome = WriteOutcome.Indeterminate });
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _users) != 0)
        {
            return;
        }

        _source.Reset();
        _cancellation = default;
        _completion = default;
        _error = null;
        Payload = default;
        _pool.Return(this);
    }
}
