package olympus.model.state;

/** A question as it travels. */
public record AskedOfNode(NodeQuestion question) {}
