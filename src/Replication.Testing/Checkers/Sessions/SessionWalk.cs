using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Sessions;

/// <summary>Goes through a history event by event and holds each read and write against what its session may count
/// on.</summary>
/// <remarks>
/// A session is a client; a token that it sends and that another session had received carries over what that one knew.
/// </remarks>
internal sealed class SessionWalk(History history, KeyVersions versions, SessionRules rules)
{
    private const int ViolationsMax = 3;

    private readonly Dictionary<long, Session> _sessions = [];
    private readonly Dictionary<HistoryValue, Frontier> _tokens = [];
    private readonly Dictionary<(HistoryValue Key, int Version), (Operation Write, Frontier Dependencies)> _written = [];
    private readonly List<string> _violations = [];
    private int _reads;

    private bool IsCausal => rules.HasFlag(SessionRules.Causal);

    /// <summary>Judges the history.</summary>
    /// <param name="name">The name of the guarantee.</param>
    public Verdict Check(string name)
    {
        foreach ((Operation operation, bool isInvocation) in EventOrder.Of(history))
        {
            Session session = SessionOf(operation);
            if (isInvocation)
            {
                Begin(session, operation);
            }
            else if (operation.Outcome == HistoryEventType.Ok)
            {
                Complete(session, operation);
            }

            if (_violations.Count == ViolationsMax)
            {
                break;
            }
        }

        return _violations.Count > 0 ? Verdict.Invalid($"{name} is broken.\n{string.Join('\n', _violations)}")
            : _reads == 0 ? Verdict.Unknown($"{name}: no read succeeded.")
            : Verdict.Valid($"{name} holds over {_reads} reads in {_sessions.Count} sessions.");
    }

    private Session SessionOf(Operation operation)
    {
        if (!_sessions.TryGetValue(operation.Process, out Session? session))
        {
            _sessions[operation.Process] = session = new Session();
        }

        return session;
    }

    private void Begin(Session session, Operation operation)
    {
        if (!operation.Invocation.Token.IsNull
            && _tokens.TryGetValue(operation.Invocation.Token, out Frontier? received))
        {
            session.Needs = session.Needs.With(received);
        }

        if (KeyVersions.IsWrite(operation) && operation.Outcome != HistoryEventType.Fail
            && versions.Of(operation) is var version and > 0)
        {
            CheckOrder(session, operation, version);
            _written[(operation.Key, version)] = (operation, DependenciesOf(session));
        }
    }

    private Frontier DependenciesOf(Session session)
    {
        if (IsCausal)
        {
            return session.Needs;
        }

        Frontier dependencies = rules.HasFlag(SessionRules.WritesBeforeWrites) ? session.Wrote : Frontier.Empty;
        return rules.HasFlag(SessionRules.ReadsBeforeWrites) ? dependencies.With(session.Saw) : dependencies;
    }

    private void Complete(Session session, Operation operation)
    {
        if (operation.F == "read")
        {
            _reads++;
            foreach ((HistoryValue key, HistoryValue value) in KeyVersions.ReadsOf(operation))
            {
                CheckRead(session, operation, key, value);
            }
        }
        else if (KeyVersions.IsWrite(operation) && versions.Of(operation) is var version and > 0)
        {
            Frontier.Bound bound = new(version, operation, null);
            session.Wrote = session.Wrote.With(operation.Key, bound);
            if (IsCausal || rules.HasFlag(SessionRules.OwnWrites))
            {
                session.Needs = session.Needs.With(operation.Key, bound);
            }
        }

        if (operation.Completion is { Token.IsNull: false } completion)
        {
            _tokens[completion.Token] = session.Needs;
        }
    }

    private void CheckRead(Session session, Operation read, HistoryValue key, HistoryValue value)
    {
        int version = versions.Of(key, value);
        if (version == KeyVersions.Invented)
        {
            _violations.Add($"{read} saw {value} of key {key}, which no write that may have succeeded left.");
            return;
        }

        if (session.Needs.Of(key) is { } needed && needed.Version > version)
        {
            _violations.Add($"{read} saw version {version} ({value}) of key {key}, but must see {needed.Version} or later "
                + $"because of\n{needed.Tell()}");
            return;
        }

        Frontier.Bound bound = new(version, read, null);
        session.Saw = session.Saw.With(key, bound);
        if (IsCausal || rules.HasFlag(SessionRules.OwnReads))
        {
            session.Needs = session.Needs.With(key, bound);
        }

        if (version > 0 && _written.TryGetValue((key, version), out (Operation Write, Frontier Dependencies) source))
        {
            session.Needs = session.Needs.With(source.Dependencies, source.Write, read);
        }
        else if (version > 0)
        {
            _violations.Add($"{read} saw {value} of key {key} before any write of it began.");
        }
    }

    /// <summary>A write comes after what its session wrote, or had read, of the same key.</summary>
    private void CheckOrder(Session session, Operation write, int version)
    {
        Frontier before = rules.HasFlag(SessionRules.WritesBeforeWrites) || IsCausal ? session.Wrote : Frontier.Empty;
        before = rules.HasFlag(SessionRules.ReadsBeforeWrites) || IsCausal ? before.With(session.Saw) : before;
        if (before.Of(write.Key) is { } earlier && earlier.Version > version)
        {
            _violations.Add($"{write} left version {version} of key {write.Key}, before version {earlier.Version} of\n"
                + earlier.Tell());
        }
    }

    private sealed class Session
    {
        /// <summary>Gets or sets what its reads must see.</summary>
        public Frontier Needs { get; set; } = Frontier.Empty;

        public Frontier Wrote { get; set; } = Frontier.Empty;

        public Frontier Saw { get; set; } = Frontier.Empty;
    }
}
