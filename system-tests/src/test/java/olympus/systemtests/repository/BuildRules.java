package olympus.systemtests.repository;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * The rules for Maven's files and for what each module brings along. Each returns its violations.
 */
final class BuildRules {

    private static final String ROOT_POM = "pom.xml";
    private static final String DEPENDENCIES_PAGE = "docs/dependencies.md";

    private BuildRules() {}

    static List<String> readmes(Repository repository) {
        return modules(repository).stream()
                .filter(module ->
                        repository.texts().getOrDefault(module + "/README.md", "").isBlank())
                .map(module -> "module " + module + " has no README.md")
                .toList();
    }

    /** Only the root pom spells out a version; a module's pom may use a property of the root's. */
    static List<String> versions(Repository repository) {
        var violations = new ArrayList<String>();
        for (var module : modules(repository)) {
            var project = pom(repository, module + "/pom.xml");
            for (var version : elements(project, "version")) {
                var ofParent = version.getParentNode().getNodeName().equals("parent");
                if (!ofParent && !version.getTextContent().matches("\\$\\{[\\w.-]+\\.version}")) {
                    violations.add(
                            module
                                    + "/pom.xml: version "
                                    + version.getTextContent()
                                    + " belongs in the root pom");
                }
            }
            for (var properties : elements(project, "properties")) {
                violations.add(
                        module
                                + "/pom.xml: properties ("
                                + properties.getTextContent().strip()
                                + ") belong in the root pom");
            }
        }
        return violations;
    }

    /** Every dependency that is part of the product has its line in {@value DEPENDENCIES_PAGE}. */
    static List<String> documentedDependencies(Repository repository) {
        var page = repository.texts().getOrDefault(DEPENDENCIES_PAGE, "");
        return runtimeDependencies(repository).stream()
                .filter(artifact -> !page.contains("| `" + artifact + "` |"))
                .map(artifact -> "dependency " + artifact + " has no line in " + DEPENDENCIES_PAGE)
                .toList();
    }

    private static Set<String> runtimeDependencies(Repository repository) {
        var artifacts = new TreeSet<String>();
        var poms = new ArrayList<>(List.of(ROOT_POM));
        modules(repository).forEach(module -> poms.add(module + "/pom.xml"));
        for (var pom : poms) {
            for (var dependency : elements(pom(repository, pom), "dependency")) {
                var list = dependency.getParentNode();
                var declares = list.getParentNode().getNodeName().equals("project");
                var ours = child(dependency, "groupId").equals("dev.olympus");
                if (declares && !ours && !child(dependency, "scope").equals("test")) {
                    artifacts.add(child(dependency, "artifactId"));
                }
            }
        }
        return artifacts;
    }

    private static List<String> modules(Repository repository) {
        return elements(pom(repository, ROOT_POM), "module").stream()
                .map(Node::getTextContent)
                .toList();
    }

    private static String child(Element element, String name) {
        var children = element.getElementsByTagName(name);
        return children.getLength() == 0 ? "" : children.item(0).getTextContent();
    }

    private static List<Element> elements(Element root, String name) {
        var found = root.getElementsByTagName(name);
        var elements = new ArrayList<Element>();
        for (var i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static Element pom(Repository repository, String file) {
        var bytes =
                repository
                        .texts()
                        .getOrDefault(file, "<project/>")
                        .getBytes(StandardCharsets.UTF_8);
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(bytes))
                    .getDocumentElement();
        } catch (Exception e) {
            throw new IllegalStateException(file + " is not readable as XML", e);
        }
    }
}
