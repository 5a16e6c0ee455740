using Replication.Groups.Shell;
using Replication.Kv.Machine;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Serialization;
using Replication.Sessions;
using Replication.StateMachines;
using Replication.Storage.Engine;

namespace Replication.Kv;

/// <summary>A replicated, ordered key-value store: one group, from any of its nodes.</summary>
/// <remarks>
/// Callable from any thread. Keys: 1 byte to <see cref="KeyValueLimits.KeyBytesMax"/>; values: 0 to
/// <see cref="KeyValueLimits.ValueBytesMax"/>. A key, value or batch beyond its limit is an ArgumentException before
/// anything
/// happened. Keys and values are copied before a call returns. Cancelling a write does not undo it: before it was
/// queued the call
/// throws OperationCanceledException, after that it ends as Indeterminate.
/// </remarks>
public sealed partial class KeyValueStore
{
    [ThreadStatic]
    private static ExactBufferWriter? _buffer;

    private readonly GroupClient _group;
    private readonly IKeyValueEngine _engine;
    private readonly KeyValueLimits _limits;
    private readonly NodeId _node;
    private readonly TimeSpan _sessionTimeout;

    /// <summary>Opens the awaitable face of a store.</summary>
    /// <param name="group">Its group, whose state machine is a <see cref="KvStateMachine"/> with client sessions before
    /// it.</param>
    /// <param name="engine">That machine's engine.</param>
    /// <param name="limits">What this node lets through; not changed afterwards.</param>
    /// <param name="node">This node.</param>
    /// <param name="sessionTimeout">The timeout of sessions that are opened without one.</param>
    internal KeyValueStore(
        GroupClient group, IKeyValueEngine engine, KeyValueLimits limits, NodeId node, TimeSpan sessionTimeout)
    {
        limits.Validate();
        _group = group;
        _engine = engine;
        _limits = limits;
        _node = node;
        _sessionTimeout = GroupSessions.CheckedTimeout(sessionTimeout);
    }

    /// <summary>Gets the name of the group.</summary>
    public string Name => _group.Name;

    /// <summary>Sets a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its new value.</param>
    /// <param name="request">Makes a retry exactly-once; see <see cref="OpenSessionAsync"/>.</param>
    /// <param name="cancellationToken">See the remarks of the type.</param>
    /// <returns>How it ended.</returns>
    public ValueTask<KeyValueWriteResult> PutAsync(
        ReadOnlyMemory<byte> key,
        ReadOnlyMemory<byte> value,
        RequestId request = default,
        CancellationToken cancellationToken = default) =>
        WriteAsync([new KeyValueOperation(KeyValueOperationKind.Put, key) { Value = value }], request,
            cancellationToken);

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="request">Makes a retry exactly-once.</param>
    /// <param name="cancellationToken">See the remarks of the type.</param>
    /// <returns>How it ended; committed also if the key was not there, which the result of the operation
    /// says.</returns>
    public ValueTask<KeyValueWriteResult> DeleteAsync(
        ReadOnlyMemory<byte> key, RequestId request = default, CancellationToken cancellationToken = default) =>
        WriteAsync([new KeyValueOperation(KeyValueOperationKind.Delete, key)], request, cancellationToken);

    /// <summary>Sets a key if it holds a certain value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The value it must hold; null demands that the key is not there.</param>
    /// <param name="value">Its new value.</param>
    /// <param name="request">Makes a retry exactly-once.</param>
    /// <param name="cancellationToken">See the remarks of the type.</param>
    /// <returns>How it ended.</returns>
    public ValueTask<KeyValueWriteResult> CompareAndSetAsync(
        ReadOnlyMemory<byte> key,
        ReadOnlyMemory<byte>? expected,
        ReadOnlyMemory<byte> value,
        RequestId request = default,
        CancellationToken cancellationToken = default)
    {
        KeyValueOperation condition = expected is { } held
            ? new KeyValueOperation(KeyValueOperationKind.RequireValue, key) { Value = held }
            : new KeyValueOperation(KeyValueOperationKind.RequireAbsent, key);
        var put = new KeyValueOperation(KeyValueOperationKind.Put, key) { Value = value };
        return WriteAsync([condition, put], request, cancellationToken);
    }

    /// <summary>Adds bytes at the end of a value; an absent key counts as empty.</summary>
    /// <param name="key">The key.</param>
    /// <param name="suffix">The bytes.</param>
    /// <param name="request">Makes a retry exactly-once.</param>
    /// <param name="cancellationToken">See the remarks of the type.</param>
    /// <returns>How it ended: ConditionFailed with <see cref="KeyValueFailure.ValueTooLarge"/> if the value would pass
    /// its limit.</returns>
    public ValueTask<KeyValueWriteResult> AppendAsync(
        ReadOnlyMemory<byte> key,
        ReadOnlyMemory<byte> suffix,
        RequestId request = default,
        CancellationToken cancellationToken = default) =>
        WriteAsync([new KeyValueOperation(KeyValueOperationKind.Append, key) { Value = suffix }], request,
            cancellationToken);

    /// <summary>Executes a batch as one.</summary>
    /// <param name="batch">The operations and conditions, at least one.</param>
    /// <param name="request">Makes a retry exactly-once.</param>
    /// <param name="cancellationToken">See the remarks of the type.</param>
    /// <returns>How it ended, with what its operations saw.</returns>
    public ValueTask<KeyValueWriteResult> WriteAsync(
        KeyValueBatch batch, RequestId request = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return WriteAsync(batch.AsSpan(), request, cancellationToken);
    }

    /// <summary>Opens a client session, with whose request ids a write can be retried and is executed once (thesis
    /// §6.3).</summary>
    /// <param name="timeout">After how much log time without a write it expires: 1 s to 365 days; null for the host's
    /// default.</param>
    /// <param name="cancellationToken">Stops the wait; the session may be opened nevertheless and expires by
    /// itself.</param>
    /// <returns>The session.</returns>
    /// <exception cref="Errors.SessionRefusedException">The group has 10,000 sessions, or can't be reached. Safe to
    /// retry.</exception>
    public ValueTask<ClientSession> OpenSessionAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        GroupSessions.OpenAsync(_group, GroupSessions.CheckedTimeout(timeout ?? _sessionTimeout), cancellationToken);

    /// <summary>Closes a client session: later writes with its request ids are Rejected(SessionExpired).</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Stops the wait; the session may be closed nevertheless.</param>
    /// <returns>Whether this call closed it; false if it was gone already or nobody can say.</returns>
    public ValueTask<bool> CloseSessionAsync(ClientSession session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        return GroupSessions.CloseAsync(_group, session, cancellationToken);
    }

    private ValueTask<KeyValueWriteResult> WriteAsync(
        ReadOnlySpan<KeyValueOperation> operations, RequestId request, CancellationToken cancellationToken)
    {
        KeyValueChecks.Check(operations, _limits);
        CommandEnvelope envelope = GroupSessions.EnvelopeOf(request);
        byte[] payload = KeyValueCommandCodec.ToPayload(
            envelope, operations, _limits.ValueBytesMax, _buffer ??= new ExactBufferWriter());
        return ProposeAsync(payload, cancellationToken);
    }

    private async ValueTask<KeyValueWriteResult> ProposeAsync(byte[] payload, CancellationToken cancellationToken)
    {
        ProposalCompletion completion = await _group.ProposeAsync(payload, cancellationToken).ConfigureAwait(false);
        return KeyValueChecks.ResultOf(completion);
    }
}
