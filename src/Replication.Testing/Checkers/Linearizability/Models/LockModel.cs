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
        null or { IsNull: true } => new LockState(false, long.MinValue, true),
        { IsNumber: true } token => new LockState(false, token.Number, true),
        _ => throw new ArgumentException($"The last token can't be {initial}.", nameof(initial)),
    };

    public override bool IsReadOnly(ModelOperation operation) =>
        operation is { F: "read", IsResultKnown: false } || IsRefused(operation);

    public override bool TryApply(LockState state, ModelOperation operation, out LockState after)
    {
        after = state;
        bool isRefused = IsRefused(operation);
        switch (operation.F)
        {
            case "acquire":
                return isRefused ? state.IsHeld : TryAcquire(state, operation, out after);
            case "release":
                bool isLegal = TryRelease(state, operation, out LockState released);
                after = isRefused ? state : released;
                return isRefused
                    ? !isLegal || (!operation.Argument.IsNull && !state.IsTokenKnown)
                    : isLegal;
            case "read":
                return TryRead(state, operation, out after);
            default:
                throw operation.UnknownTo(Name);
        }
    }

    private static bool IsRefused(ModelOperation operation) => operation.Result == HistoryValue.FromBoolean(false);

    private static bool TryAcquire(LockState state, ModelOperation operation, out LockState after)
    {
        bool isKnown = operation.Result.IsNumber;
        if (!isKnown)
        {
            // At least one more than the last, if there was one.
            after = new LockState(true, state.Token == long.MinValue ? state.Token : state.Token + 1, false);
            return !state.IsHeld;
        }

        long token = operation.Result.Number;
        after = new LockState(true, token, true);
        return !state.IsHeld && token > state.Token;
    }

    private bool TryRelease(LockState state, ModelOperation operation, out LockState after)
    {
        if (operation.Argument.IsNull)
        {
            after = state with { IsHeld = false };
            return state.IsHeld;
        }

        if (!operation.Argument.IsNumber)
        {
            throw operation.UnknownTo(Name);
        }

        long token = operation.Argument.Number;
        after = new LockState(false, token, true);
        return state.IsHeld && state.CanHaveGranted(token);
    }

    private static bool TryRead(LockState state, ModelOperation operation, out LockState after)
    {
        after = state;
        if (!operation.IsResultKnown)
        {
            return true;
        }

        if (!operation.Result.IsNumber)
        {
            return operation.Result.IsNull && !state.IsHeld;
        }

        after = new LockState(true, operation.Result.Number, true);
        return state.IsHeld && state.CanHaveGranted(operation.Result.Number);
    }
}
