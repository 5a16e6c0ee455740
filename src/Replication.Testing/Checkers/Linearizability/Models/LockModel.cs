using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability.Models;

/// <summary>A lock with fencing tokens: <c>acquire</c> returns a token above all before it, <c>release</c> names
/// it.</summary>
/// <remarks>
/// Without tokens, that is with null in their place, it is a plain mutex. <c>read</c> returns the holder's token or
/// null. The answer false to an acquire or a release says that it was refused, because the lock was held or was not
/// held with that token.
/// </remarks>
internal sealed class LockModel : Model<LockState>
{
    public override string Name => "lock";

    public override LockState Initial(HistoryValue? initial) => initial switch
    {
        null or { IsNull: true } => LockState.Free(long.MinValue),
        { IsNumber: true } token => LockState.Free(token.Number),
        _ => throw new ArgumentException($"The last token can't be {initial}.", nameof(initial)),
    };

    // A refused release and a read may tell something of a token that nobody saw.
    public override bool IsReadOnly(ModelOperation operation) =>
        operation is { F: "read", IsResultKnown: false } || (operation.F == "acquire" && IsRefused(operation));

    public override bool TryApply(LockState state, ModelOperation operation, out LockState after)
    {
        after = state;
        switch (operation.F)
        {
            case "acquire":
                return IsRefused(operation) ? state.IsHeld : TryAcquire(state, operation, out after);
            case "release" when operation.Argument.IsNull:
                after = IsRefused(operation) ? state : LockState.Free(state.Token);
                return state.IsHeld != IsRefused(operation);
            case "release" when operation.Argument.IsNumber:
                return IsRefused(operation)
                    ? TryRefuseRelease(state, operation.Argument.Number, out after)
                    : TryRelease(state, operation.Argument.Number, out after);
            case "read":
                return !operation.IsResultKnown || TryRead(state, operation.Result, out after);
            default:
                throw operation.UnknownTo(Name);
        }
    }

    private static bool IsRefused(ModelOperation operation) => operation.Result == HistoryValue.FromBoolean(false);

    private static bool TryAcquire(LockState state, ModelOperation operation, out LockState after)
    {
        if (!operation.Result.IsNumber)
        {
            after = state.HeldByUnknown();
            return !state.IsHeld;
        }

        after = LockState.Held(operation.Result.Number);
        return !state.IsHeld && operation.Result.Number > state.Token;
    }

    private static bool TryRelease(LockState state, long token, out LockState after)
    {
        after = LockState.Free(token);
        return state.IsHeld && state.CanHaveGranted(token);
    }

    private static bool TryRefuseRelease(LockState state, long token, out LockState after)
    {
        bool isPossible = state.IsHeld && state.CanHaveGranted(token);
        after = isPossible && !state.IsTokenKnown ? state.Excluding(token) : state;
        return !isPossible || !state.IsTokenKnown;
    }

    private static bool TryRead(LockState state, HistoryValue read, out LockState after)
    {
        after = state;
        if (!read.IsNumber)
        {
            return read.IsNull && !state.IsHeld;
        }

        after = LockState.Held(read.Number);
        return state.IsHeld && state.CanHaveGranted(read.Number);
    }
}
